import CKernels

/// One head's attention over the keys and values of one sequence.
struct AttentionHead {
  let keys: UnsafePointer<Float>  // [headSize][keyStride]
  let keyStride: Int
  let values: UnsafePointer<Float>  // [key][valueStride]
  let valueStride: Int
  let headSize: Int
  let scale: Float
  let mask: EdgeMask

  /// Floats of scratch: a batch's rows of the mask's width.
  static func scores(_ mask: EdgeMask) -> Int { Int(RB_ATTENTION_ROWS) * mask.words * Int(RB_KEY_BLOCK) }

  /// Attends from packed rows, a few at a time. `queries` and `outputs` point at this head's first column of
  /// [packed row, width]; `scores` is scratch, see ``scores(_:)``.
  func run(
    places: [(position: Int, index: Int)], queries: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>,
    width: Int, scores: UnsafeMutablePointer<Float>
  ) {
    let batch = Int(RB_ATTENTION_ROWS)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: batch) { query in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: batch) { output in
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: batch) { open in
          for start in stride(from: 0, to: places.count, by: batch) {
            let count = min(batch, places.count - start)
            for offset in 0..<count {
              let (position, index) = places[start + offset]
              query.initializeElement(at: offset, to: queries + index * width)
              output.initializeElement(at: offset, to: outputs + index * width)
              open.initializeElement(at: offset, to: mask.row(position))
            }
            rb_attention(
              query.baseAddress, output.baseAddress, open.baseAddress, Int64(count), keys, Int64(keyStride), values,
              Int64(valueStride), Int64(mask.words), Int64(headSize), scale, scores)
          }
        }
      }
    }
  }
}
