import Catalog
import Foundation
import Testing

@testable import Compute

/// Seeded damage to every kind of file from outside: whatever comes of it, it is a value or an error, in little time and
/// memory. Each test runs on a thread of its own, since it takes its time.
struct DamageTests {
  /// A copy with some bytes flipped, replaced, removed or doubled, or with its end cut off.
  private static func damaged(
    _ data: [UInt8], within limit: Int, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var copy = data
    for _ in 0...generator.below(4) where !copy.isEmpty {
      let place = generator.below(min(limit, copy.count))
      switch generator.below(6) {
      case 0: copy[place] ^= 1 << UInt8(generator.below(8))
      case 1: copy[place] = UInt8(generator.below(256))
      case 2: copy[place] = [0, 0xFF, 0x7F, 0x80, 0x2D, 0x39][generator.below(6)]
      case 3: copy.remove(at: place)
      case 4: copy.insert(copy[place], at: place)
      default: copy.removeLast(generator.below(copy.count))
      }
    }
    return copy
  }

  private func survives(
    _ data: [UInt8], within limit: Int = .max, times: Int, seed: UInt64,
    _ read: @escaping @Sendable (Data) throws -> Void
  ) async -> Int {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var generator = SeededGenerator(seed: seed)
        var errors = 0
        for _ in 0..<times {
          do { try read(Data(Self.damaged(data, within: limit, &generator))) } catch { errors += 1 }
        }
        continuation.resume(returning: errors)
      }
    }
  }

  /// Without the sync of `Data.write`, which would take most of the time.
  private static func overwrite(_ path: String, _ data: Data) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    _ = data.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func `a damaged safetensors header is an error or a sound file`() async throws {
    let whole = try SafetensorsHeaderSample.data()
    let errors = await survives(whole, within: 300, times: 3000, seed: 1) { data in
      let file = try SafetensorsFile(data: data, name: "weights.safetensors")
      // What is accepted can be read, and lies inside the file.
      for name in file.names {
        if let tensor = try? file.tensor(name) { #expect(tensor.floats().count <= data.count) }
      }
    }
    #expect(errors > 1500)
  }

  @Test(arguments: [
    "rgb-420-odd.jpg", "rgb-420-progressive.jpg", "palette.png", "rgb-interlaced.png",
    "labels-4.png",
  ])
  func `a damaged image is an error or an image`(file: String) async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/image"
    _ = await survives(try bytes(ImageFixture.path(file)), times: 500, seed: 2) { data in
      try Self.overwrite(path, data)
      _ = try? ImageFile.labels(path)
      let image = try ImageFile.image(path)
      #expect(image.pixels.count == image.width * image.height * 3)
    }
    withExtendedLifetime(folder) {}
  }

  @Test(arguments: ["config.json", "preprocessor_config.json"])
  func `a damaged config is an error or facts`(file: String) async throws {
    let folder = try TemporaryFolder()
    for name in ["config.json", "preprocessor_config.json"] {
      try folder.write(name, Data(bytes("\(Fixture.multiHead.model)/\(name)")))
    }
    let path = folder.path
    let errors = await survives(try bytes("\(path)/\(file)"), times: 500, seed: 3) { data in
      try Self.overwrite("\(path)/\(file)", data)
      _ = try ModelFacts(directory: path)
    }
    #expect(errors > 150)
    withExtendedLifetime(folder) {}
  }
}

/// A small file with several tensors.
private enum SafetensorsHeaderSample {
  static func data() throws -> [UInt8] {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    writer.add("weight", shape: [3, 4], [Float](repeating: 1, count: 12))
    writer.add("bias", shape: [3], [Float](repeating: 2, count: 3))
    writer.add("ids", shape: [2], [Int64(1), 2])
    return Array(try writer.data())
  }
}
