import Compute

/// The classes of a picture with their colours and how many tokens each has, the most frequent first, void last.
struct Legend {
  private struct Entry {
    /// nil: void.
    let colour: Colour?
    let text: String
  }

  private let entries: [Entry]
  private let colours: [UInt16: Colour]

  private static let swatch = 20
  private static let lineHeight = 28
  private static let scale = 2
  private static let longest = 190
  private static let columnGap = 28

  init(gold: [UInt16], classes: [String]) {
    let counts = Dictionary(gold.map { ($0, 1) }, uniquingKeysWith: +)
    let seen = counts.keys.filter { $0 != TokenContext.void }
      .sorted { (counts[$0] ?? 0, $1) > (counts[$1] ?? 0, $0) }
    colours = Dictionary(
      uniqueKeysWithValues: seen.enumerated().map { ($0.element, Palette.colour(rank: $0.offset)) })
    var entries: [Entry] = []
    for index in seen {
      let name = classes.indices.contains(Int(index)) ? classes[Int(index)] : "\(index)"
      let text = "\(Font.fitted(name, dots: Self.longest)) \(counts[index] ?? 0)"
      entries.append(Entry(colour: colours[index], text: text))
    }
    if let void = counts[TokenContext.void] { entries.append(Entry(colour: nil, text: "void \(void)")) }
    self.entries = entries
  }

  /// The colour of a class; nil for void.
  func colour(of gold: UInt16) -> Colour? { colours[gold] }

  /// Every entry takes as much room as the longest.
  private var columnWidth: Int {
    Self.swatch + 10 + Self.scale * (entries.map { Font.width(of: $0.text) }.max() ?? 0) + Self.columnGap
  }

  private func columns(_ width: Int) -> Int { max(1, (width + Self.columnGap) / columnWidth) }

  /// Pixels that the legend is high.
  func height(width: Int) -> Int { (entries.count + columns(width) - 1) / columns(width) * Self.lineHeight }

  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let columns = columns(width)
    for (index, entry) in entries.enumerated() {
      let left = x + index % columns * columnWidth
      let top = y + index / columns * Self.lineHeight
      let box = Box(x: left, y: top, width: Self.swatch, height: Self.swatch)
      if let colour = entry.colour { canvas.fill(box, colour) } else { Hatching.draw(box, on: &canvas) }
      canvas.write(entry.text, x: left + Self.swatch + 10, y: top + 3, scale: Self.scale)
    }
  }
}
