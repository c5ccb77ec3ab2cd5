import CSweep
import Foundation

/// Parses `payload` with generated functions and lends the message to `read`; it is released when `read` returns.
///
/// What parsing may allocate is bounded in proportion to the payload, so that a few bytes can't claim much memory.
func unpack<Message, Value>(
  _ payload: Data,
  with parse: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) -> UnsafeMutablePointer<Message>?,
  release: (UnsafeMutablePointer<Message>?, UnsafeMutablePointer<ProtobufCAllocator>?) -> Void,
  read: (Message) throws(WireError) -> Value
) throws(WireError) -> Value {
  let budget = UnsafeMutablePointer<Int>.allocate(capacity: 1)
  budget.initialize(to: min(64 * payload.count + (64 << 10), 512 << 20))
  defer { budget.deallocate() }
  var allocator = ProtobufCAllocator(
    alloc: { budget, size in
      guard let budget = budget?.assumingMemoryBound(to: Int.self), size <= budget.pointee else { return nil }
      budget.pointee -= size
      return malloc(size)
    },
    free: { _, pointer in free(pointer) },
    allocator_data: budget)
  let message = payload.withUnsafeBytes { bytes in
    parse(&allocator, bytes.count, bytes.bindMemory(to: UInt8.self).baseAddress)
  }
  guard let message else {
    throw WireError(.payload, "a frame's payload of \(payload.count) bytes is not a message of this protocol")
  }
  defer { release(message, &allocator) }
  return try read(message.pointee)
}
