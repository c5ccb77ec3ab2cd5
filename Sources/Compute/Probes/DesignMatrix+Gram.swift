extension DesignMatrix {
  /// Σ w · x xᵀ over the tokens of the chosen blocks, [hidden, hidden]: products in float32 within a block, sums of blocks
  /// in double. `weights` writes w of each token given; without it all are one.
  func gram(
    atMost limit: Int = .max, pool: ThreadPool,
    weights: ((_ tokens: Range<Int>, _ slot: Int, _ out: UnsafeMutablePointer<Float>) -> Void)? = nil
  ) -> [Double] {
    let hidden = hidden
    let products = (0..<pool.threads).map { _ in FloatBuffer(count: hidden * hidden) }
    let weighted = weights.map { _ in (0..<pool.threads).map { _ in FloatBuffer(count: (hidden + 1) * Self.block) } }
    return sum(hidden * hidden, atMost: limit, pool: pool) { tokens, slot, out in
      let rows = features.pointer + tokens.lowerBound * hidden
      var left = rows
      if let weights, let scaled = weighted?[slot].pointer {
        let factors = scaled + hidden * Self.block
        weights(tokens, slot, factors)
        for token in 0..<tokens.count {
          for column in 0..<hidden { scaled[token * hidden + column] = factors[token] * rows[token * hidden + column] }
        }
        left = scaled
      }
      BLAS.multiplyTransposed(
        rows: tokens.count, leftColumns: hidden, rightColumns: hidden, left: left, right: rows,
        output: products[slot].pointer)
      for index in 0..<hidden * hidden { out[index] = Double(products[slot].pointer[index]) }
    }
  }
}
