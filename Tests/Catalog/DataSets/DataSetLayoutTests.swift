import Catalog
import Foundation
import Testing

/// Lists real folders of empty files, removed when the test ends.
final class DataSetLayoutTests {
  private let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("data-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func touch(_ paths: String...) throws {
    for path in paths {
      let file = URL(fileURLWithPath: "\(root)/\(path)")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: file)
    }
  }

  private func list(_ images: String, _ masks: String, split: String = "val") throws -> [LabelledImage] {
    try DataSetLayout(root: root, images: images, masks: masks).list(split: split)
  }

  @Test func `a split's images are listed by name with their label maps`() throws {
    try touch(
      "i/val/b.jpg", "i/val/a.jpg", "i/val/c.png", "i/val/.hidden.jpg", "i/train/d.jpg", "m/val/a.png", "m/val/b.png")
    let images = try list("i/{split}/*.jpg", "m/{split}/{name}.png")
    #expect(images.map(\.name) == ["a", "b"])
    #expect(images.map(\.image) == ["\(root)/i/val/a.jpg", "\(root)/i/val/b.jpg"])
    #expect(images.map(\.mask) == ["\(root)/m/val/a.png", "\(root)/m/val/b.png"])
    #expect(images.map(\.cluster) == ["a", "b"])
  }

  @Test func `folders that a star matches are part of a name where stems repeat`() throws {
    try touch("i/val/x/1.jpg", "i/val/y/1.jpg", "m/x/1.png", "m/y/1.png")
    #expect(try list("i/{split}/*/*.jpg", "m/{name}.png").map(\.name) == ["x/1", "y/1"])
    try touch("j/val/x/1.jpg", "j/val/y/2.jpg", "m/y/2.png")
    let images = try list("j/{split}/*/*.jpg", "m/{name}.png")
    #expect(images.map(\.name) == ["1", "2"])
    #expect(images.map(\.mask) == ["\(root)/m/x/1.png", "\(root)/m/y/2.png"])
  }

  @Test func `two stars stand for any folders, none included, and no hidden one`() throws {
    try touch(
      "i/val/1.jpg", "i/val/a/2.jpg", "i/val/a/b/3.jpg", "i/val/a/b/c/4.jpg", "i/val/.x/5.jpg", "i/train/a/6.jpg")
    try FileManager.default.createSymbolicLink(atPath: "\(root)/i/val/a/loop", withDestinationPath: "\(root)/i/val")
    let images = try list("i/{split}/**/*.jpg", "i/{split}/{name}.jpg")
    #expect(images.map(\.name) == ["1", "2", "3", "4"])
    #expect(images.map(\.mask) == ["1", "a/2", "a/b/3", "a/b/c/4"].map { "\(root)/i/val/\($0).jpg" })
    #expect(try list("i/**/b/*.jpg", "i/{name}.jpg").map(\.name) == ["3"])
  }

  @Test func `a NUL in a pattern matches nothing, where the system would see a shorter path`() throws {
    try touch("a/b.jpg")
    #expect(throws: DataSetError.self) { try list("**/\u{0}\u{1}/**", "{name}") }
    #expect(throws: DataSetError.self) { try list("a/*.jpg", "a/b.jpg\u{0}{name}") }
  }

  @Test func `a star stands for any run of characters, more stars for more runs`() throws {
    try touch("val/ab_left_01.jpg", "val/b_left_2.jpg", "val/left.jpg", "val/_left_.jpeg", "m.png")
    #expect(try list("{split}/*_left_*.jpg", "m.png").map(\.name) == ["ab_left_01", "b_left_2"])
    #expect(try list("{split}/**left*", "m.png").map(\.name) == ["_left_", "ab_left_01", "b_left_2", "left"])
    #expect(try list("{split}/left.jpg", "m.png").map(\.name) == ["left"])
  }

  @Test func `what is missing is named`() throws {
    func message(_ images: String, _ masks: String, root: String? = nil) -> String {
      do {
        _ = try DataSetLayout(root: root ?? self.root, images: images, masks: masks).list(split: "val")
        return "no error"
      } catch { return error.description.replacingOccurrences(of: self.root, with: "DIR") }
    }
    try touch("val/a.jpg", "val/b.jpg", "val/a.png")
    #expect(message("val/*.jpg", "{name}", root: "\(root)/none") == "DIR/none does not exist")
    #expect(message("{split}/x/*.jpg", "{name}.png") == "DIR/val/x does not exist")
    #expect(message("{split}/*.tif", "{name}.png") == "no file matches DIR/val/*.tif")
    #expect(message("{split}/c.jpg", "{name}.png") == "no file matches DIR/val/c.jpg")
    #expect(message("{split}/*.jpg", "{split}/{name}.png") == "the label map DIR/val/b.png does not exist")
    #expect(message("{split}/*.jpg", "m/{name}.png") == "2 label maps do not exist, the first is DIR/m/a.png")
    try touch("val/a.jpeg")
    #expect(message("{split}/a.*", "val/a.png") == "two images of DIR/val/a.* have the name 'a'")
  }

  @Test func `a pattern of many stars takes no long time`() throws {
    try touch("val/\(String(repeating: "a", count: 200)).jpg")
    let stars = String(repeating: "*a", count: 60)
    #expect(throws: DataSetError.self) { try self.list("{split}/\(stars)*b", "{name}") }
  }

  @Test func `what a pattern has between its last star and the extension is no part of a name`() throws {
    try touch(
      "i/val/x/x_1_left.png", "i/val/y/y_1_left.png", "i/val/y/y_1_right.png", "m/x/x_1_ids.png", "m/y/y_1_ids.png")
    let images = try list("i/{split}/*/*_left.png", "m/{name}_ids.png")
    #expect(images.map(\.name) == ["x_1", "y_1"])
    #expect(images.map(\.mask) == ["\(root)/m/x/x_1_ids.png", "\(root)/m/y/y_1_ids.png"])
  }

  @Test func `the order of a list decides nothing`() throws {
    try touch("i/a.jpg", "i/b.jpg", "i/c.jpg", "m/a.png", "m/b.png", "m/c.png", "lists/val.txt")
    func images(_ text: String) throws -> [LabelledImage] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/lists/val.txt"))
      return try DataSetLayout(root: root, list: "lists/{split}.txt", images: "i/{name}.jpg", masks: "m/{name}.png")
        .list(split: "val")
    }
    #expect(try images("c\na\n").map(\.name) == ["a", "c"])
    #expect(try images("a\n c \n\n") == images("c\na"))
  }

  /// Found by fuzzing: Foundation cuts such a name's last part off by ending the process.
  @Test func `a listed name of slashes and dots ends nothing`() throws {
    try touch("lists/val.txt")
    try Data("//////////.////\n".utf8).write(to: URL(fileURLWithPath: "\(root)/lists/val.txt"))
    let layout = DataSetLayout(root: root, list: "lists/{split}.txt", images: "{name}", masks: "{name}")
    #expect(try layout.list(split: "val").map(\.name) == ["."])
  }
}
