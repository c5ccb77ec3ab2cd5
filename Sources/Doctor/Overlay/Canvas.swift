import Compute

/// A colour of a canvas.
struct Colour: Hashable {
  let red: UInt8
  let green: UInt8
  let blue: UInt8

  /// `0xRRGGBB`.
  init(_ hex: UInt32) {
    red = UInt8(hex >> 16 & 255)
    green = UInt8(hex >> 8 & 255)
    blue = UInt8(hex & 255)
  }

  static let paper = Colour(0xFFFFFF)
  static let ink = Colour(0x202428)
  static let faint = Colour(0x70767C)
  static let grey = Colour(0x808488)
}

/// A rectangle of pixels.
struct Box {
  var x: Int
  var y: Int
  var width: Int
  var height: Int
}

/// RGB pixels that are drawn on; what lies outside is not drawn.
struct Canvas {
  let width: Int
  let height: Int
  /// [height, width, 3]
  private var pixels: [UInt8]

  init(width: Int, height: Int, _ colour: Colour) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 0, count: 3 * width * height)
    fill(Box(x: 0, y: 0, width: width, height: height), colour)
  }

  var raster: Raster { Raster(width: width, height: height, channels: 3, pixels: pixels) }

  /// Mixes `colour` into every pixel of the box for which `isDrawn(x, y)`; 1 covers, 0 changes nothing.
  mutating func fill(
    _ box: Box, _ colour: Colour, opacity: Double = 1, where isDrawn: (_ x: Int, _ y: Int) -> Bool = { _, _ in true }
  ) {
    let columns = (box.x..<box.x + box.width).clamped(to: 0..<width)
    for y in (box.y..<box.y + box.height).clamped(to: 0..<height) {
      for x in columns where isDrawn(x, y) { mix(colour, opacity, at: 3 * (y * width + x)) }
    }
  }

  private mutating func mix(_ colour: Colour, _ opacity: Double, at index: Int) {
    for (offset, value) in [colour.red, colour.green, colour.blue].enumerated() {
      let old = Double(pixels[index + offset])
      pixels[index + offset] = UInt8(min(max((old + (Double(value) - old) * opacity).rounded(), 0), 255))
    }
  }

  /// Draws an image with every pixel `scale` × `scale` large.
  mutating func draw(_ image: Raster, x: Int, y: Int, scale: Int) {
    for row in 0..<image.height * scale {
      for column in 0..<image.width * scale where y + row < height && x + column < width {
        let from = 3 * (row / scale * image.width + column / scale)
        let to = 3 * ((y + row) * width + x + column)
        for channel in 0..<3 { pixels[to + channel] = image.pixels[from + channel] }
      }
    }
  }

  /// Writes a line of text with its upper left corner at (x, y).
  mutating func write(_ text: String, x: Int, y: Int, _ colour: Colour = .ink, scale: Int = 2) {
    var left = x
    for glyph in Font.glyphs(of: text) {
      for (column, bits) in glyph.enumerated() {
        for row in 0..<Font.height where bits >> row & 1 == 1 {
          fill(Box(x: left + column * scale, y: y + row * scale, width: scale, height: scale), colour)
        }
      }
      left += (glyph.count + 1) * scale
    }
  }
}
