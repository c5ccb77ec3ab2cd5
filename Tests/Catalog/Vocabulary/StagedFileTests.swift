import Catalog
import Foundation
import Testing

/// Files that appear when they are whole.
struct StagedFileTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-staged-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

  @Test func `what isn't committed leaves nothing, and what was there stays`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    try AtomicFile.write(Data("old".utf8), to: path)
    do {
      let file = try StagedFile(at: path)
      try file.append(Data("new".utf8))
      #expect(names.count == 2)
    }
    #expect(names == ["a"] && FileManager.default.contents(atPath: path) == Data("old".utf8))
  }

  @Test func `pieces go behind each other or where they are told, and replace what was there`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    try AtomicFile.write(Data("old and longer".utf8), to: path)
    let file = try StagedFile(at: path)
    try file.append(Data("ab".utf8))
    try file.write(Data("fg".utf8), at: 5)
    try file.append(Data("h".utf8))
    try file.write(Data("c".utf8), at: 2)
    #expect(file.length == 8)
    try file.commit()
    #expect(names == ["a"] && FileManager.default.contents(atPath: path) == Data("abc\0\0fgh".utf8))
  }

  @Test func `a place that can't be written is named with the system's reason`() {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let error = #expect(throws: AtomicFileError.self) { try StagedFile(at: folder + "/none/a") }
    #expect(error?.code == ENOENT && error?.description.contains("/none/a") == true)
  }
}
