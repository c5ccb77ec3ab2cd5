/// Which patches make an image token: `scale` × `scale` of them that lie together, in raster order, as tokens are
/// (`pixel_shuffle` of `Idefics3Connector`). In most families a token is one patch.
struct TokenPatches: Sendable {
  /// Patches in a row or column.
  let side: Int
  /// Patches of a token in a row or column.
  let scale: Int

  /// The patches of image token `token`.
  func patches(of token: Int) -> [Int] {
    let (row, column) = token.quotientAndRemainder(dividingBy: side / scale)
    return (0..<scale * scale).map { (row * scale + $0 / scale) * side + column * scale + $0 % scale }
  }

  /// The states of tokens from those of patches, side by side: [patch, width] → [token, scale² · width].
  func joined(_ states: [Float], width: Int) -> [Float] {
    guard scale > 1 else { return states }
    return (0..<(side / scale) * (side / scale)).flatMap { token in
      patches(of: token).flatMap { states[$0 * width..<($0 + 1) * width] }
    }
  }
}
