import Catalog
import Foundation

/// Collects tensors and writes them as one safetensors file: all of it or nothing.
public struct SafetensorsWriter {
  private var tensors: [(name: String, dtype: String, shape: [Int], bytes: Data)] = []
  private let metadata: [String: String]

  /// A file without tensors yet.
  public init(metadata: [String: String] = [:]) { self.metadata = metadata }

  /// Adds a float32 tensor; `values` are in row-major order and fill the shape.
  public mutating func add(_ name: String, shape: [Int], _ values: [Float]) {
    precondition(values.count == shape.reduce(1, *))
    tensors.append((name, "F32", shape, values.withUnsafeBytes { Data($0) }))
  }

  /// Adds an int32 tensor.
  public mutating func add(_ name: String, shape: [Int], _ values: [Int32]) {
    precondition(values.count == shape.reduce(1, *))
    tensors.append((name, "I32", shape, values.withUnsafeBytes { Data($0) }))
  }

  /// Adds an int64 tensor.
  public mutating func add(_ name: String, shape: [Int], _ values: [Int64]) {
    precondition(values.count == shape.reduce(1, *))
    tensors.append((name, "I64", shape, values.withUnsafeBytes { Data($0) }))
  }

  /// The file's bytes; equal tensors in equal order give equal bytes.
  public func data() throws -> Data {
    var offset = 0
    var parts: [String] = []
    if !metadata.isEmpty { parts.append("\"__metadata__\":" + (try Self.json(metadata))) }
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.bytes.count
      parts.append(
        try Self.json(tensor.name)
          + ":{\"dtype\":\"\(tensor.dtype)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Data(("{" + parts.joined(separator: ",") + "}").utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var file = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    file.append(header)
    for tensor in tensors { file.append(tensor.bytes) }
    return file
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Writes the file under a temporary name, syncs it and renames it; returns its bytes.
  @discardableResult
  public func write(to path: String) throws -> Data {
    let bytes = try data()
    try AtomicFile.write(bytes, to: path)
    return bytes
  }
}
