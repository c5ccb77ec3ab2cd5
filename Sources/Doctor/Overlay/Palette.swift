/// Colours of classes that can be told apart, also when a photograph shines through them.
enum Palette {
  private static let chosen: [UInt32] = [
    0x2F6BFF, 0xFF8C1A, 0x1FB24A, 0xB03CE0, 0x22D3EE, 0xFFE11A, 0xE6194B, 0xA8E63D, 0xFF5FC4, 0x0E8C84, 0x9A5B24,
    0xC9B6FF, 0x8C1C13, 0x9BFFC0, 0x7C7C10, 0xFFC9A3, 0x10107A, 0xFFF6B0,
  ]

  /// Of the classes of one picture, the most frequent first.
  static func colour(rank: Int) -> Colour {
    if chosen.indices.contains(rank) { return Colour(chosen[rank]) }
    // Hues at the golden angle never come close to one another soon.
    let turn = Double(rank - chosen.count) * 0.618_033_988_75
    return hue(turn - turn.rounded(.down), isLight: rank % 2 == 0)
  }

  private static func hue(_ hue: Double, isLight: Bool) -> Colour {
    func channel(_ offset: Double) -> UInt32 {
      let place = (hue + offset).truncatingRemainder(dividingBy: 1) * 6
      let value = min(max(abs(place - 3) - 1, 0), 1)
      return UInt32((255 * (isLight ? 0.35 + 0.65 * value : 0.75 * value)).rounded())
    }
    return Colour(channel(0) << 16 | channel(2.0 / 3) << 8 | channel(1.0 / 3))
  }
}
