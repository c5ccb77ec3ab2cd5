import Catalog
import Compute

/// A picture for people: the image as the encoder sees it, beside it the same under its tokens' gold classes, below them what
/// the colours mean.
struct Overlay {
  /// The image's name.
  let name: String
  /// What the encoder sees.
  let picture: Raster
  /// [token]
  let gold: [UInt16]
  let grid: Grid
  /// Pixels of the picture that a token is wide and high.
  let tokenSide: Int
  let classes: [String]

  private static let margin = 24
  private static let gap = 20
  private static let lineHeight = 28
  private static let leastSide = 560
  private static let opacity = 0.45

  /// A pixel of the picture is so many pixels wide.
  private var scale: Int { max(1, (Self.leastSide + picture.width - 1) / picture.width) }
  private var panel: (width: Int, height: Int) { (picture.width * scale, picture.height * scale) }

  func drawn() -> Raster {
    let legend = Legend(gold: gold, classes: classes)
    let width = 2 * panel.width + Self.gap + 2 * Self.margin
    let inner = width - 2 * Self.margin
    let top = Self.margin + 2 * Self.lineHeight
    let height = top + panel.height + Self.gap + legend.height(width: inner) + Self.margin
    var canvas = Canvas(width: width, height: height, .paper)
    let right = Self.margin + panel.width + Self.gap
    canvas.write(Font.fitted(name, dots: inner / 2), x: Self.margin, y: Self.margin)
    let second = Self.margin + Self.lineHeight
    canvas.write(
      "as the encoder sees it, \(picture.width) x \(picture.height) pixels", x: Self.margin, y: second, .faint)
    canvas.write("gold of its \(grid.rows) x \(grid.columns) tokens", x: right, y: second, .faint)
    canvas.draw(picture, x: Self.margin, y: top, scale: scale)
    canvas.draw(picture, x: right, y: top, scale: scale)
    for token in gold.indices { tint(token, legend, on: &canvas, x: right, y: top) }
    for token in gold.indices { outline(token, on: &canvas, x: right, y: top) }
    legend.draw(on: &canvas, x: Self.margin, y: top + panel.height + Self.gap, width: inner)
    return canvas.raster
  }

  private func box(_ token: Int, x: Int, y: Int) -> Box {
    let (row, column) = token.quotientAndRemainder(dividingBy: grid.columns)
    let side = tokenSide * scale
    return Box(x: x + column * side, y: y + row * side, width: side, height: side)
  }

  private func tint(_ token: Int, _ legend: Legend, on canvas: inout Canvas, x: Int, y: Int) {
    let box = box(token, x: x, y: y)
    if let colour = legend.colour(of: gold[token]) {
      canvas.fill(box, colour, opacity: Self.opacity)
    } else {
      Hatching.draw(box, on: &canvas)
    }
  }

  /// A faint line between tokens, a strong one between classes.
  private func outline(_ token: Int, on canvas: inout Canvas, x: Int, y: Int) {
    let box = box(token, x: x, y: y)
    let (row, column) = token.quotientAndRemainder(dividingBy: grid.columns)
    func line(_ box: Box, to neighbour: Int) {
      let isBorder = gold[neighbour] != gold[token]
      canvas.fill(box, isBorder ? .ink : .paper, opacity: isBorder ? 0.9 : 0.25)
    }
    if column > 0 {
      let isBorder = gold[token - 1] != gold[token]
      line(Box(x: box.x - (isBorder ? 1 : 0), y: box.y, width: isBorder ? 2 : 1, height: box.height), to: token - 1)
    }
    if row > 0 {
      let above = token - grid.columns
      let isBorder = gold[above] != gold[token]
      line(Box(x: box.x, y: box.y - (isBorder ? 1 : 0), width: box.width, height: isBorder ? 2 : 1), to: above)
    }
  }
}

/// What void looks like.
enum Hatching {
  private static let step = 8

  static func draw(_ box: Box, on canvas: inout Canvas) {
    canvas.fill(box, .grey, opacity: 0.55)
    canvas.fill(box, .paper, opacity: 0.7) { ($0 + $1) % step < 2 }
  }
}
