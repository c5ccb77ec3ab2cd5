import CSweep
import Catalog
import Foundation

/// Reads fields of a parsed message; each throws by the field's path.
enum WireReading {
  static func text(
    _ pointer: UnsafeMutablePointer<CChar>?, _ field: String, allowEmpty: Bool = false
  ) throws(WireError) -> String {
    guard let pointer else { throw WireError(field: field, "is missing") }
    guard strnlen(pointer, WireLimits.text + 1) <= WireLimits.text else {
      throw WireError(field: field, "is longer than \(WireLimits.text) bytes")
    }
    guard let text = String(validatingCString: pointer) else { throw WireError(field: field, "is not UTF-8") }
    guard allowEmpty || !text.isEmpty else { throw WireError(field: field, "is missing") }
    return text
  }

  static func bytes(_ bytes: ProtobufCBinaryData, _ field: String, atMost limit: Int) throws(WireError) -> Data {
    guard bytes.len <= limit else { throw WireError(field: field, "is longer than \(limit) bytes") }
    guard bytes.len > 0, let start = bytes.data else { return Data() }
    return Data(bytes: start, count: bytes.len)
  }

  static func digest(_ bytes: ProtobufCBinaryData, _ field: String) throws(WireError) -> Digest {
    guard bytes.len > 0 else { throw WireError(field: field, "is missing") }
    guard let digest = Digest(bytes: UnsafeBufferPointer(start: bytes.data, count: bytes.len)) else {
      throw WireError(field: field, "has \(bytes.len) bytes, a digest has 32")
    }
    return digest
  }

  static func message<Message>(_ pointer: UnsafeMutablePointer<Message>?, _ field: String) throws(WireError) -> Message
  {
    guard let pointer else { throw WireError(field: field, "is missing") }
    return pointer.pointee
  }

  /// The elements of a repeated scalar field.
  static func list<Element>(
    _ start: UnsafeMutablePointer<Element>?, _ count: Int, _ field: String, atMost limit: Int
  ) throws(WireError) -> UnsafeBufferPointer<Element> {
    guard count <= limit else { throw WireError(field: field, "has \(count) elements, at most \(limit) are allowed") }
    return UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
  }

  /// The elements of a repeated message or string field, each read by `read`.
  static func list<Element, Value>(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int, _ field: String, atMost limit: Int,
    read: (UnsafeMutablePointer<Element>) throws(WireError) -> Value
  ) throws(WireError) -> [Value] {
    var values: [Value] = []
    for pointer in try list(start, count, field, atMost: limit) {
      guard let pointer else { throw WireError(field: field, "has an empty element") }
      values.append(try read(pointer))
    }
    return values
  }

  /// Throws unless `holds`.
  static func require(_ holds: Bool, _ field: String, _ rule: @autoclosure () -> String) throws(WireError) {
    if !holds { throw WireError(field: field, rule()) }
  }
}
