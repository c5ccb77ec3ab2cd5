import CKernels

/// Products of bfloat16, behind ``MatrixUnit``.
enum BFloat16 {
  /// How long rows of `count` numbers are where products read them.
  static func inner(_ count: Int) -> Int { (count + Int(RB_BF16_INNER) - 1) / Int(RB_BF16_INNER) * Int(RB_BF16_INNER) }

  /// How many floats hold `rows` packed rows of `columns` numbers.
  static func room(rows: Int, columns: Int) -> Int { (rows * inner(columns) + 1) / 2 }

  /// Packs rows `range`, whose bounds are multiples of 16, of [rows, columns] into their place in `packed`, rounded.
  static func pack(
    _ range: Range<Int>, of input: UnsafePointer<Float>, columns: Int, into packed: UnsafeMutablePointer<UInt16>
  ) {
    rb_bf16_pack(
      input + range.lowerBound * columns, packed + range.lowerBound * inner(columns), Int64(range.count), Int64(columns)
    )
  }
}

extension Tensor {
  /// Rows `range` of a [rows, columns] matrix as bfloat16, ``BFloat16/inner(_:)`` numbers a row: where they lie, or rounded
  /// and filled up with zeros in `scratch`, which has room for twice as many numbers.
  func bfloat16Panel(_ range: Range<Int>, columns: Int, scratch: FloatBuffer) -> UnsafePointer<UInt16> {
    let width = BFloat16.inner(columns)
    if dtype == .bf16, width == columns, Int(bitPattern: bytes) % MemoryLayout<UInt16>.alignment == 0 {
      return UnsafePointer(bytes.advanced(by: range.lowerBound * columns * 2).assumingMemoryBound(to: UInt16.self))
    }
    // One row at a time goes by way of float32, behind the panel.
    let row = scratch.pointer + (range.count * width + 1) / 2
    precondition((range.count * width + 1) / 2 + columns <= scratch.count)
    return scratch.pointer.withMemoryRebound(to: UInt16.self, capacity: range.count * width) { panel in
      for index in 0..<range.count {
        widen(from: (range.lowerBound + index) * columns, count: columns, into: row)
        rb_narrow_bf16(row, panel + index * width, Int64(columns))
        (panel + index * width + columns).update(repeating: 0, count: width - columns)
      }
      return UnsafePointer(panel)
    }
  }
}
