import CKernels

/// Products of float32, behind ``MatrixUnit``.
enum Float32 {
  /// How many floats hold a packed panel of a weight: `outputs` are filled up to whole strips.
  static func room(outputs: Int, inner: Int) -> Int {
    (outputs + Int(RB_F32_STRIP) - 1) / Int(RB_F32_STRIP) * Int(RB_F32_STRIP) * inner
  }

  /// Packs rows `range`, whose bounds are multiples of 12, of [rows, columns] into their place in `packed`.
  static func pack(
    _ range: Range<Int>, of input: UnsafePointer<Float>, columns: Int, into packed: UnsafeMutablePointer<Float>
  ) {
    let offset = range.lowerBound * columns
    rb_f32_pack_rows(input + offset, Int64(columns), packed + offset, Int64(range.count), Int64(columns))
  }
}

extension Tensor {
  /// Packs rows `range` of a [rows, columns] matrix as ``Float32`` products read them, widened on the way.
  func packFloat32(_ range: Range<Int>, columns: Int, into out: UnsafeMutablePointer<Float>) {
    let type =
      switch dtype {
      case .f32: RB_F32
      case .bf16: RB_BF16
      case .f16: RB_F16
      }
    rb_f32_pack_weight(bytes, Int32(type), Int64(range.lowerBound), Int64(range.count), Int64(columns), out)
  }
}
