import Catalog
import Compute
import Testing

/// Image and label map go the same way through every geometry.
struct GeometryTests {
  /// How an image is brought to the encoder's size, and a source to bring.
  struct Case: CustomTestStringConvertible {
    let name: String
    let facts: PreprocessorFacts
    let width: Int
    let height: Int
    var testDescription: String { "\(name) of \(width)×\(height)" }
  }

  private static let side = 24
  private static let mean = [0.48145466, 0.4578275, 0.40821073]
  /// `mean` in 8 bits, rounded down.
  private static let background: [UInt8] = [122, 116, 104]

  private static func model(
    _ resize: PreprocessorFacts.Resize?, crop: (height: Int, width: Int)?, padding: PreprocessorFacts.Padding? = nil
  ) -> PreprocessorFacts {
    PreprocessorFacts(padding: padding, resize: resize, crop: crop, rescale: 1 / 255, mean: mean, std: [1, 1, 1])
  }

  private static var cases: [Case] {
    let clip = model(.shortestEdge(side), crop: (side, side))
    let geometries =
      Experiment.Data.Geometry.allCases.map { ("\($0)", clip.with($0, side: side)) } + [
        ("a wide cut", model(.shortestEdge(16), crop: (side, side))),
        ("only cut", model(nil, crop: (side, side))),
        ("an exact size", model(.exact(height: side, width: side), crop: nil)),
        ("a letterbox", model(.shortestEdge(side), crop: (side, side), padding: .letterbox)),
      ]
    return geometries.flatMap { name, facts in
      [(60, 40), (41, 63), (50, 50), (120, 50), (30, 44), (18, 14)].map { width, height in
        Case(name: name, facts: facts, width: width, height: height)
      }
    }
  }

  /// [y, x, channel]: the column in the first channel, the row in the second, each times its step, and 0.
  private static func positions(width: Int, height: Int, steps: (x: Int, y: Int)) -> Raster {
    Raster(
      width: width, height: height, channels: 3,
      pixels: (0..<width * height).flatMap { [UInt8($0 % width * steps.x), UInt8($0 / width * steps.y), 0] })
  }

  /// The label at each pixel of the encoder's input, each being a token by itself; nil for void.
  private static func labels(_ test: Case, image: Raster, of label: (Int) -> Int) throws -> [Int?] {
    let map = Raster(
      width: test.width, height: test.height, channels: 1,
      pixels: (0..<test.width * test.height).map { UInt8(label($0)) })
    let data = Experiment.Data(classes: (0..<255).map { "\($0)" }, void: [255], train: [], evaluate: [])
    return try TokenLabels(
      labels: LabelMap(map), path: "labels", image: image,
      geometry: Preprocessor(test.facts).geometry(of: image, path: "image"), grid: Grid(rows: side, columns: side),
      rule: TokenLabels.Rule(data)
    ).gold.map { $0 == TokenContext.void ? nil : Int($0) }
  }

  /// The encoder's input in 8 bits, [channel, y, x].
  private static func pixels(_ facts: PreprocessorFacts, _ image: Raster) throws -> [UInt8] {
    let area = side * side
    return try Preprocessor(facts).pixels(of: image, path: "image").enumerated().map {
      UInt8((($0.element + Float(mean[$0.offset / area])) * 255).rounded())
    }
  }

  @Test(arguments: cases) func `labels stay on the positions of their pixels`(test: Case) throws {
    let steps = (x: 255 / test.width, y: 255 / test.height)
    let image = Self.positions(width: test.width, height: test.height, steps: steps)
    let pixels = try Self.pixels(test.facts, image)
    let columns = try Self.labels(test, image: image) { $0 % test.width }
    let rows = try Self.labels(test, image: image) { $0 / test.width }
    let area = Self.side * Self.side
    // Bicubic weights are whole inside the image only: they reach two output pixels far, or two of the source if those are
    // larger.
    let reach = 2 * max(1, max(test.width, test.height) / 16 + 1) + 1
    var compared = 0
    for index in 0..<area {
      guard let x = columns[index], let y = rows[index] else { continue }
      guard (reach..<test.width - reach).contains(x), (reach..<test.height - reach).contains(y) else { continue }
      compared += 1
      // A label is the nearest one, and each of two passes rounds.
      #expect(abs(Double(pixels[index]) / Double(steps.x) - Double(x)) <= 0.5 + 1 / Double(steps.x))
      #expect(abs(Double(pixels[area + index]) / Double(steps.y) - Double(y)) <= 0.5 + 1 / Double(steps.y))
    }
    #expect(compared > 0)
  }

  @Test func `a letterbox has as much of the mean colour on both sides, as prismatic-vlms has`() throws {
    let facts = Self.model(.shortestEdge(Self.side), crop: (Self.side, Self.side))
    let boxed = Self.model(.shortestEdge(Self.side), crop: (Self.side, Self.side), padding: .letterbox)
    let image = Self.positions(width: 41, height: 60, steps: (6, 4))
    // LetterboxPad: int(19 / 2) columns left and right of 41 make 59, not 60.
    let rows = (0..<60).flatMap { y -> [UInt8] in
      let bar = (0..<9).flatMap { _ in Self.background }
      return bar + image.pixels[y * 123..<(y + 1) * 123] + bar
    }
    let byHand = Raster(width: 59, height: 60, channels: 3, pixels: rows)
    #expect(try Self.pixels(boxed, image) == Self.pixels(facts, byHand))
  }

  @Test func `pad puts the image into a square of the mean colour, as LLaVA does`() throws {
    let facts = Self.model(.shortestEdge(Self.side), crop: (Self.side, Self.side))
    for (width, height) in [(40, 25), (25, 40), (9, 8), (7, 7)] {
      let image = Self.positions(width: width, height: height, steps: (5, 3))
      // expand2square, pixel by pixel.
      let square = max(width, height)
      let (left, top) = ((square - width) / 2, (square - height) / 2)
      var padded: [UInt8] = []
      for y in 0..<square {
        for x in 0..<square {
          let isInside = (left..<left + width).contains(x) && (top..<top + height).contains(y)
          let pixel = ((y - top) * width + x - left) * 3
          padded += isInside ? Array(image.pixels[pixel..<pixel + 3]) : Self.background
        }
      }
      let byHand = Raster(width: square, height: square, channels: 3, pixels: padded)
      #expect(try Self.pixels(facts.with(.pad, side: Self.side), image) == Self.pixels(facts, byHand))
    }
  }

  @Test(arguments: cases)
  func `the picture of the encoder's input is what was normalised, to the bit`(test: Case) throws {
    let image = Self.positions(
      width: test.width, height: test.height, steps: (x: 255 / test.width, y: 255 / test.height))
    let preprocessor = Preprocessor(test.facts)
    let picture = try preprocessor.picture(
      of: preprocessor.pixels(of: image, path: "image"), width: Self.side, height: Self.side)
    let area = Self.side * Self.side
    let planes = try Self.pixels(test.facts, image)
    #expect(picture.pixels == (0..<area).flatMap { pixel in (0..<3).map { planes[$0 * area + pixel] } })
  }

  @Test func `tokens in padding are void, and those half in it keep the image's label`() throws {
    let facts = Self.model(.shortestEdge(Self.side), crop: (Self.side, Self.side)).with(.pad, side: Self.side)
    let image = Self.positions(width: 24, height: 12, steps: (1, 1))
    let map = Raster(width: 24, height: 12, channels: 1, pixels: [UInt8](repeating: 4, count: 24 * 12))
    let data = Experiment.Data(classes: ["a", "b"], labels: [[0], [4, 5]], void: [255], train: [], evaluate: [])
    func gold(side: Int) throws -> [UInt16] {
      try TokenLabels(
        labels: LabelMap(map), path: "labels", image: image,
        geometry: Preprocessor(facts).geometry(of: image, path: "image"), grid: Grid(rows: side, columns: side),
        rule: TokenLabels.Rule(data)
      ).gold
    }
    let void = TokenContext.void
    // Rows 6 to 17 of the square are of the image.
    #expect(
      try gold(side: 4) == [void, void, void, void] + [UInt16](repeating: 1, count: 8) + [void, void, void, void])
    #expect(try gold(side: 2) == [1, 1, 1, 1])
    #expect(try gold(side: 3) == [void, void, void, 1, 1, 1, void, void, void])
  }

  @Test func `a label between two pixels is the one that Pillow takes`() throws {
    let test = Case(
      name: "squash", facts: Self.model(nil, crop: nil).with(.squash, side: Self.side), width: 32, height: 32)
    let image = Self.positions(width: 32, height: 32, steps: (1, 1))
    // Image.resize((24, 24), NEAREST) of Pillow 12.0. Centres such as 4.5 · 4 / 3 = 6 lie between two labels.
    let taken = [0, 2, 3, 4, 5, 7, 8, 10, 11, 12, 14, 15, 16, 18, 19, 20, 21, 23, 24, 25, 27, 28, 29, 31]
    let columns = try Self.labels(test, image: image) { $0 % 32 }
    let rows = try Self.labels(test, image: image) { $0 / 32 }
    for index in 0..<24 {
      #expect(columns[index] == taken[index])
      #expect(rows[index * 24] == taken[index])
    }
  }

  @Test func `an image that would need an absurd square is refused with its size`() {
    let facts = Self.model(.shortestEdge(Self.side), crop: nil).with(.pad, side: Self.side)
    let image = Raster(width: 20_000, height: 1, channels: 3, pixels: [UInt8](repeating: 0, count: 60_000))
    #expect {
      try Preprocessor(facts).geometry(of: image, path: "/a.png")
    } throws: { error in
      "\(error)" == "/a.png is 20000×1, too long and narrow to be brought to the size of the encoder"
    }
  }
}
