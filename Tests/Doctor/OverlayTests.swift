import Catalog
import Compute
import Testing

@testable import Doctor

/// What is drawn where.
struct OverlayTests {
  /// 2 × 2 tokens on a black picture of 4 × 4 pixels: two of class 1, one of class 0, one void.
  private let drawn = Overlay(
    name: "name", picture: Raster(width: 4, height: 4, channels: 3, pixels: [UInt8](repeating: 0, count: 48)),
    gold: [1, 1, 0, TokenContext.void], grid: Grid(rows: 2, columns: 2), tokenSide: 2, classes: ["sky", "road"]
  ).drawn()

  private func pixel(_ x: Int, _ y: Int) -> [UInt8] {
    let start = 3 * (y * drawn.width + x)
    return Array(drawn.pixels[start..<start + 3])
  }

  /// The middle of a token in a panel.
  private func token(_ row: Int, _ column: Int, panel: Int) -> [UInt8] {
    pixel(24 + panel * 580 + 140 + 280 * column, 80 + 140 + 280 * row)
  }

  @Test func `the plain picture is on the left, classes by frequency on the right, void in grey`() {
    for row in 0..<2 { for column in 0..<2 { #expect(token(row, column, panel: 0) == [0, 0, 0]) } }
    func shade(_ rank: Int) -> [UInt8] {
      let colour = Palette.colour(rank: rank)
      return [colour.red, colour.green, colour.blue].map { UInt8((Double($0) * 0.45).rounded()) }
    }
    #expect(token(0, 0, panel: 1) == shade(0) && token(0, 1, panel: 1) == shade(0))
    #expect(token(1, 0, panel: 1) == shade(1))
    let void = token(1, 1, panel: 1)
    #expect(Int(void.max() ?? 0) - Int(void.min() ?? 0) < 8 && void != [0, 0, 0])
  }

  @Test func `classes are told apart by colour, however many there are`() {
    let colours = (0..<255).map { Palette.colour(rank: $0) }
    #expect(Set(colours).count == 255)
  }

  @Test func `the font has every printable character of ASCII, and a question mark for others`() {
    let text = String(String.UnicodeScalarView((32..<127).compactMap(UnicodeScalar.init)))
    let glyphs = Font.glyphs(of: text)
    #expect(glyphs.count == 95 && glyphs.allSatisfy { (1...5).contains($0.count) })
    #expect(Set(glyphs).count == 95)
    #expect(Font.glyphs(of: "é") == Font.glyphs(of: "?"))
    #expect(Font.fitted("a long name", dots: 40) != "a long name")
    #expect(Font.width(of: Font.fitted("a long name", dots: 40)) <= 40)
  }
}
