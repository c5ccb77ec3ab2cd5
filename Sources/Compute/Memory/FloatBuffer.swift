/// Float32 memory at one address, aligned to 64 bytes.
///
/// `@unchecked Sendable`: the address and size never change, and the engine's tasks that run at the same time write
/// disjoint ranges which others read only after the pool has joined.
public final class FloatBuffer: @unchecked Sendable {
  /// Start of the memory; lives as long as the buffer.
  public let pointer: UnsafeMutablePointer<Float>
  /// How many floats it holds.
  public let count: Int

  /// Room for `count` floats of undefined content: what is never written takes no memory.
  init(undefined count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  /// Room for `count` floats, all zero.
  public convenience init(count: Int) {
    self.init(undefined: count)
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  /// A copy of `values`.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    pointer.update(from: values, count: values.count)
  }

  deinit { pointer.deallocate() }

  /// A copy of the first `count` values.
  public func array(_ count: Int? = nil) -> [Float] {
    Array(UnsafeBufferPointer(start: pointer, count: count ?? self.count))
  }
}

/// Memory that one walk at a time reuses: buffers by name, from layer to layer, which only ever grow; that of forks which have
/// retired, from wave to wave.
final class Workspace {
  var retired: [Fork.Memory] = []
  private var buffers: [String: FloatBuffer] = [:]
  private var expected = 0

  /// The walk that begins will have up to so many rows: buffers of rows are made for them at once.
  func expect(rows: Int) { expected = max(expected, rows) }

  /// Memory for [rows, width] with undefined content, valid until the name is asked for again.
  func floats(_ name: String, rows: Int, _ width: Int) -> UnsafeMutablePointer<Float> {
    if let buffer = buffers[name], buffer.count >= rows * width { return buffer.pointer }
    buffers[name] = nil
    let buffer = FloatBuffer(undefined: max(rows, expected) * width)
    buffers[name] = buffer
    return buffer.pointer
  }

  /// Memory for `count` floats with undefined content, valid until the name is asked for again.
  func floats(_ name: String, _ count: Int) -> UnsafeMutablePointer<Float> {
    if let buffer = buffers[name], buffer.count >= count { return buffer.pointer }
    let buffer = FloatBuffer(undefined: count)
    buffers[name] = buffer
    return buffer.pointer
  }

  /// That of a retired fork over so many rows, if there is one; that of others goes.
  func retiredFork(rows: Int) -> Fork.Memory? {
    retired.removeAll { $0.rows != rows }
    return retired.popLast()
  }

  /// Bytes held now.
  var bytes: Int { buffers.values.reduce(0) { $0 + $1.count * MemoryLayout<Float>.stride } }
}
