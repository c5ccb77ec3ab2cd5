import Catalog
import Testing

/// Not compared with `NSString`, which ends the process on some of these.
@Suite struct PathTextTests {
  @Test(arguments: [
    ("/a/b", "b", "/a"), ("/a/b/", "b", "/a"), ("/a", "a", "/"), ("/", "/", "/"), ("a", "a", ""), ("a/b", "b", "a"),
    ("", "", ""), ("a/b.c", "b.c", "a"), ("/a/.b", ".b", "/a"), ("/a b/c d", "c d", "/a b"), ("./a", "a", "."),
    ("../a", "a", ".."), ("//a///b//", "b", "/a"), ("////", "/", "/"), (" //////////.////", ".", " "),
  ])
  func `a path is cut before its last name, however many slashes it has`(path: String, name: String, parent: String) {
    #expect(path.lastPathName == name && path.parentPath == parent)
  }
}
