import CSweep
import Catalog
import Foundation

/// The C side of one outgoing message. What it hands out lives until it is released itself, after packing.
final class MessageArena {
  private var allocations: [UnsafeMutableRawPointer] = []

  deinit { for allocation in allocations { allocation.deallocate() } }

  /// A message that `initialise`, its generated `init` function, has filled with defaults.
  func message<Message>(_ initialise: (UnsafeMutablePointer<Message>?) -> Void) -> UnsafeMutablePointer<Message> {
    let message: UnsafeMutablePointer<Message> = allocate(1)
    initialise(message)
    return message
  }

  /// A C array of `elements`.
  func array<Element>(_ elements: some Collection<Element>) -> UnsafeMutablePointer<Element> {
    let start: UnsafeMutablePointer<Element> = allocate(elements.count)
    _ = UnsafeMutableBufferPointer(start: start, count: elements.count).initialize(fromContentsOf: elements)
    return start
  }

  /// Bytes.
  func bytes(_ bytes: some Collection<UInt8>) -> ProtobufCBinaryData {
    ProtobufCBinaryData(len: bytes.count, data: array(bytes))
  }

  /// A text that must arrive as it is.
  func text(_ text: String, _ field: String) throws(WireError) -> UnsafeMutablePointer<CChar> {
    guard text.utf8.count <= WireLimits.text else {
      throw WireError(field: field, "is longer than \(WireLimits.text) bytes")
    }
    guard !text.utf8.contains(0) else { throw WireError(field: field, "contains a NUL character") }
    return array(text.utf8CString)
  }

  /// A sentence for people, cut where it is too long.
  func sentence(_ text: String) -> UnsafeMutablePointer<CChar> {
    var short = text.replacing("\0", with: "")
    if short.utf8.count > WireLimits.sentence {
      short = String(short.unicodeScalars.prefix(WireLimits.sentence / 4))
    }
    return array(short.utf8CString)
  }

  private func allocate<Element>(_ count: Int) -> UnsafeMutablePointer<Element> {
    let allocation = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: MemoryLayout<Element>.alignment)
    allocations.append(allocation)
    return allocation.bindMemory(to: Element.self, capacity: max(1, count))
  }
}

extension UnsafeMutablePointer {
  /// The bytes of this message, which must be a generated one (their first member is the `ProtobufCMessage`).
  func packed() -> Data {
    withMemoryRebound(to: ProtobufCMessage.self, capacity: 1) { message in
      var bytes = Data(count: protobuf_c_message_get_packed_size(message))
      bytes.withUnsafeMutableBytes { buffer in
        guard let start = buffer.bindMemory(to: UInt8.self).baseAddress else { return }
        _ = protobuf_c_message_pack(message, start)
      }
      return bytes
    }
  }
}
