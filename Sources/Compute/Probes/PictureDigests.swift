import Catalog

/// Digests of pictures in a safetensors file, an int32 tensor [picture, 8]: so that a probe knows what it was fitted on.
enum PictureDigests {
  private static let words = 8

  /// Adds the tensor, if there is a digest.
  static func add(_ digests: [Digest], as name: String, to writer: inout SafetensorsWriter) {
    guard !digests.isEmpty else { return }
    let values = digests.flatMap { digest in
      (0..<words).map { word in
        digest.bytes[word * 4..<word * 4 + 4].reduce(Int32(0)) { $0 << 8 | Int32($1) }
      }
    }
    writer.add(name, shape: [digests.count, words], values)
  }

  /// The digests; none where there is no such tensor. Throws where it is none of digests.
  static func read(_ name: String, from file: SafetensorsFile) throws -> [Digest] {
    guard let shape = file.shape(of: name) else { return [] }
    guard shape.count == 2, shape[1] == words else {
      throw ProbeError("\(file.path): \(name) has shape \(shape), not [pictures, \(words)]")
    }
    let values = try file.integers(name).map { UInt32(truncatingIfNeeded: $0) }
    return (0..<shape[0]).compactMap { row in
      Digest(
        bytes: values[row * words..<(row + 1) * words].flatMap { word in
          [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
        })
    }
  }
}
