import Foundation

/// Names a checkpoint by its content without reading all of it.
public enum ModelIdentity {
  private static let sampleBytes = 1 << 20
  private static let samples = 64

  /// SHA-256 over names, sizes, configs, safetensors headers and 64 seeded samples of 1 MB of each weight file (the whole of
  /// a file that is not larger than its samples).
  ///
  /// Throws a ``ModelError`` that names the file that cannot be read.
  public static func digest(directory: String) throws -> Digest {
    var hasher = Digest.Hasher()
    let weights = try weightFiles(directory: directory)
    let configs = ["config.json", "preprocessor_config.json"].filter {
      FileManager.default.fileExists(atPath: "\(directory)/\($0)")
    }
    for name in configs + weights {
      let path = "\(directory)/\(name)"
      guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else {
        throw ModelError("\(path) cannot be read")
      }
      defer { try? file.close() }
      hasher.update(Data("\(name)\n\(size)\n".utf8))
      for (start, length) in pieces(name: name, size: size) {
        do {
          try file.seek(toOffset: start)
          hasher.update(try file.read(upToCount: length) ?? Data())
        } catch { throw ModelError("\(path) cannot be read") }
      }
    }
    return hasher.finish()
  }

  /// The names of the weight files, sorted.
  public static func weightFiles(directory: String) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw ModelError("\(directory) cannot be listed: is it a model directory?")
    }
    return names.filter { $0.hasSuffix(".safetensors") || $0 == "model.safetensors.index.json" }.sorted()
  }

  /// Bytes of all weight files.
  public static func weightBytes(directory: String) throws -> UInt64 {
    try weightFiles(directory: directory).reduce(0) { total, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)".resolvingLinks)
      return total + ((attributes?[.size] as? NSNumber)?.uint64Value ?? 0)
    }
  }

  private static func pieces(name: String, size: UInt64) -> [(start: UInt64, length: Int)] {
    let whole = UInt64(samples * sampleBytes)
    if size <= whole {
      return stride(from: 0, to: size, by: sampleBytes).map { ($0, sampleBytes) }
    }
    // The head holds the header; the rest is sampled.
    var generator = SeededGenerator(seed: UInt64(naming: name), size)
    let starts = (1..<samples).map { _ in generator.next() % (size - UInt64(sampleBytes)) }
    return ([0] + starts.sorted()).map { ($0, sampleBytes) }
  }
}

extension String {
  /// The path with symbolic links followed.
  fileprivate var resolvingLinks: String { URL(fileURLWithPath: self).resolvingSymlinksInPath().path }
}
