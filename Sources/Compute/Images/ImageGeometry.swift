import CImageCodecs
import Catalog

/// How an image of a given size becomes the encoder's input: padded where the geometry says so, resized, then cut
/// from the centre (`CLIPImageProcessor`). The label map goes the same way, so that every label stays on its pixel.
public struct ImageGeometry: Sendable {
  /// The canvas around the image before the resize, and where the image's corner lies in it; nil: the image as it is.
  public let canvas: (width: Int, height: Int, x: Int, y: Int)?
  /// Size after the first of two resizes; nil: there is one.
  let halfway: (width: Int, height: Int)?
  /// Size after the resize.
  public let resized: (width: Int, height: Int)
  /// Size of the encoder's input.
  public let output: (width: Int, height: Int)
  /// Where the output's corner lies in the resized image; negative where it is padded.
  public let origin: (x: Int, y: Int)
  private let filter: PreprocessorFacts.Filter

  /// Fills the canvas around the image: the mean colour, rounded down as LLaVA and prismatic-vlms do.
  private let background: [UInt8]
  /// A square canvas of this side takes as much memory as the largest image that is read, or little more.
  private static let largestCanvas = 16_384

  /// The geometry of an image of `width` × `height` pixels; nil if it would become absurdly large on the way.
  public init?(_ facts: PreprocessorFacts, width: Int, height: Int) {
    filter = facts.filter
    background = facts.mean.map { UInt8(min(max($0 * 255, 0), 255)) }
    let side = max(width, height)
    let (x, y) = ((side - width) / 2, (side - height) / 2)
    canvas = facts.padding.map { $0 == .square ? (side, side, x, y) : (width + 2 * x, height + 2 * y, x, y) }
    guard canvas == nil || side <= Self.largestCanvas else { return nil }
    let (width, height) = canvas.map { ($0.width, $0.height) } ?? (width, height)
    halfway = facts.firstResize?.size(width: width, height: height)
    resized = facts.resize?.size(width: width, height: height) ?? (width, height)
    guard resized.width <= 65_536, resized.height <= 65_536 else { return nil }
    guard let crop = facts.crop else {
      output = resized
      origin = (0, 0)
      return
    }
    output = (crop.width, crop.height)
    // center_crop: a larger image loses floor(excess / 2) before the cut; a smaller one is padded by ceil(lack / 2).
    func start(_ size: Int, _ cut: Int) -> Int { size >= cut ? (size - cut) / 2 : -((cut - size + 1) / 2) }
    origin = (start(resized.width, crop.width), start(resized.height, crop.height))
  }

  /// The image at the encoder's size: resized with the preprocessor's filter, antialiased, exactly as Pillow; what a cut pads
  /// is black.
  func apply(toImage image: Raster) throws -> Raster {
    var image = padded(image, with: background)
    for size in [halfway, resized].compactMap(\.self) { image = try resize(image, to: size) }
    return cut(image, padding: [0, 0, 0])
  }

  private func resize(_ image: Raster, to size: (width: Int, height: Int)) throws -> Raster {
    guard size != (image.width, image.height) else { return image }
    var pixels = [UInt8](repeating: 0, count: size.width * size.height * 3)
    let result = rb_resize(
      image.pixels, Int64(image.width), Int64(image.height), &pixels, Int64(size.width), Int64(size.height),
      filter.codec)
    guard result == 0 else { throw ImageError("there is not enough memory to resize an image") }
    return Raster(width: size.width, height: size.height, channels: 3, pixels: pixels)
  }

  /// The label map at the encoder's size: the nearest label at each pixel's centre, as Pillow's NEAREST. A resize on the way
  /// moves no pixel's centre, so labels go straight.
  func apply(toLabels labels: Raster, padding: UInt8) -> Raster {
    let labels = padded(labels, with: [padding])
    func sources(_ count: Int, _ size: Int) -> [Int] {
      let scale = Double(size) / Double(count)
      // Pillow adds the scale up, so where a centre lies between two labels, its rounding decides.
      var centre = scale * 0.5
      return (0..<count).map { _ in
        defer { centre += scale }
        return min(size - 1, Int(centre))
      }
    }
    let columns = sources(resized.width, labels.width)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(resized.width * resized.height)
    for row in sources(resized.height, labels.height) {
      for column in columns { pixels.append(labels.pixels[row * labels.width + column]) }
    }
    return cut(Raster(width: resized.width, height: resized.height, channels: 1, pixels: pixels), padding: [padding])
  }

  private func padded(_ image: Raster, with colour: [UInt8]) -> Raster {
    guard let canvas else { return image }
    return image.window(at: (-canvas.x, -canvas.y), width: canvas.width, height: canvas.height, padding: colour)
  }

  private func cut(_ image: Raster, padding: [UInt8]) -> Raster {
    image.window(at: origin, width: output.width, height: output.height, padding: padding)
  }
}

extension PreprocessorFacts.Resize {
  /// The size of an image of `width` × `height` after the resize.
  fileprivate func size(width: Int, height: Int) -> (width: Int, height: Int) {
    switch self {
    case .exact(let height, let width): return (width, height)
    case .shortestEdge(let edge):
      // get_resize_output_image_size: the long edge is truncated.
      let long = Int(Double(edge * max(width, height)) / Double(min(width, height)))
      return width <= height ? (edge, long) : (long, edge)
    case .longestEdge(let edge):
      // _resize_output_size_rescale_to_max_len: the short edge is truncated, then made even.
      let aspect = Double(width) / Double(height)
      let short = Int(width >= height ? Double(edge) / aspect : Double(edge) * aspect)
      let even = max(1, short + short % 2)
      return width >= height ? (edge, even) : (even, edge)
    }
  }
}

extension PreprocessorFacts.Filter {
  fileprivate var codec: rb_filter {
    switch self {
    case .lanczos: RB_LANCZOS
    case .bilinear: RB_BILINEAR
    case .bicubic: RB_BICUBIC
    }
  }
}

extension Raster {
  /// What lies in a window whose corner is at `origin`; `padding` [channel] where it reaches beyond the image.
  fileprivate func window(at origin: (x: Int, y: Int), width: Int, height: Int, padding: [UInt8]) -> Raster {
    guard origin != (0, 0) || width != self.width || height != self.height else { return self }
    let columns = max(0, origin.x)..<max(max(0, origin.x), min(self.width, origin.x + width))
    var window: [UInt8] = []
    window.reserveCapacity(width * height * channels)
    func pad(_ count: Int) { for _ in 0..<count { window += padding } }
    for y in origin.y..<origin.y + height {
      guard (0..<self.height).contains(y), !columns.isEmpty else {
        pad(width)
        continue
      }
      let row = y * self.width
      pad(columns.lowerBound - origin.x)
      window += pixels[(row + columns.lowerBound) * channels..<(row + columns.upperBound) * channels]
      pad(origin.x + width - columns.upperBound)
    }
    return Raster(width: width, height: height, channels: channels, pixels: window)
  }
}
