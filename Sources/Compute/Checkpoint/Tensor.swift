import CKernels

/// A named array in a mapped file (or in memory), not yet read.
public struct Tensor: Sendable {
  /// Element types that weights may have.
  public enum DType: String, Sendable, CaseIterable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"

    /// Bytes of one element.
    public var size: Int { self == .f32 ? 4 : 2 }
  }

  /// What keeps the bytes alive.
  private enum Owner: Sendable {
    case file(MappedFile)
    case memory(FloatBuffer)
  }

  /// Its name in the file.
  public let name: String
  /// Its element type.
  public let dtype: DType
  /// Its extents, row-major.
  public let shape: [Int]
  private let owner: Owner
  private let offset: Int

  init(name: String, dtype: DType, shape: [Int], file: MappedFile, offset: Int) {
    self.init(name: name, dtype: dtype, shape: shape, owner: .file(file), offset: offset)
  }

  /// A float32 tensor over memory of our own.
  init(memory: FloatBuffer, shape: [Int]) {
    precondition(shape.reduce(1, *) <= memory.count)
    self.init(name: "memory", dtype: .f32, shape: shape, owner: .memory(memory), offset: 0)
  }

  private init(name: String, dtype: DType, shape: [Int], owner: Owner, offset: Int) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.owner = owner
    self.offset = offset
  }

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }

  /// The first element's bytes; valid as long as the tensor.
  var bytes: UnsafeRawPointer {
    switch owner {
    case .file(let file): file.start + offset
    case .memory(let buffer): UnsafeRawPointer(buffer.pointer) + offset
    }
  }

  /// Whether float32 elements can be read where they lie: safetensors promises no alignment.
  var isAligned: Bool { Int(bitPattern: bytes) % MemoryLayout<Float>.alignment == 0 }

  /// Rows `range` of the first extent, where they lie.
  func rows(_ range: Range<Int>) -> Tensor {
    let row = shape.dropFirst().reduce(1, *)
    return Tensor(
      name: name, dtype: dtype, shape: [range.count] + shape.dropFirst(), owner: owner,
      offset: offset + range.lowerBound * row * dtype.size)
  }

  /// The same elements under another shape of equal size.
  func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count)
    return Tensor(name: name, dtype: dtype, shape: shape, owner: owner, offset: offset)
  }

  /// Writes `count` elements from index `start` as float32, exactly.
  func widen(from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    let source = bytes + start * dtype.size
    switch dtype {
    case .f32: UnsafeMutableRawPointer(out).copyMemory(from: source, byteCount: count * 4)
    case .bf16: rb_widen_bf16(source.assumingMemoryBound(to: UInt16.self), out, Int64(count))
    case .f16: rb_widen_f16(source.assumingMemoryBound(to: UInt16.self), out, Int64(count))
    }
  }

  /// All elements as float32, exactly.
  public func floats() -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      if let start = buffer.baseAddress { widen(from: 0, count: count, into: start) }
      filled = count
    }
  }
}
