import CImageCodecs
import Catalog

/// How an image of a given size becomes the encoder's input: resized, then cut from the centre (`CLIPImageProcessor`). The
/// label map goes the same way, so that every label stays on its pixel.
public struct ImageGeometry: Sendable {
  /// Size after the resize.
  public let resized: (width: Int, height: Int)
  /// Size of the encoder's input.
  public let output: (width: Int, height: Int)
  /// Where the output's corner lies in the resized image; negative where it is padded.
  public let origin: (x: Int, y: Int)

  /// The geometry of an image of `width` × `height` pixels; nil if the resized image would be absurdly large.
  public init?(_ facts: PreprocessorFacts, width: Int, height: Int) {
    switch facts.resize {
    case nil: resized = (width, height)
    case .exact(let height, let width): resized = (width, height)
    case .shortestEdge(let edge):
      // get_resize_output_image_size: the long edge is truncated.
      let long = Int(Double(edge * max(width, height)) / Double(min(width, height)))
      resized = width <= height ? (edge, long) : (long, edge)
    }
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

  /// The image at the encoder's size: bicubic, antialiased, exactly as Pillow; padding is black.
  func apply(toImage image: Raster) throws -> Raster {
    var pixels = image.pixels
    if resized.width != image.width || resized.height != image.height {
      pixels = [UInt8](repeating: 0, count: resized.width * resized.height * 3)
      let result = rb_resize_bicubic(
        image.pixels, Int64(image.width), Int64(image.height), &pixels, Int64(resized.width), Int64(resized.height))
      guard result == 0 else { throw ImageError("there is not enough memory to resize an image") }
    }
    return cut(Raster(width: resized.width, height: resized.height, channels: 3, pixels: pixels), padding: 0)
  }

  /// The label map at the encoder's size: the nearest label at each pixel's centre, as Pillow's NEAREST.
  func apply(toLabels labels: Raster, padding: UInt8) -> Raster {
    func sources(_ count: Int, _ size: Int) -> [Int] {
      let scale = Double(size) / Double(count)
      return (0..<count).map { min(size - 1, Int((Double($0) + 0.5) * scale)) }
    }
    let columns = sources(resized.width, labels.width)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(resized.width * resized.height)
    for row in sources(resized.height, labels.height) {
      for column in columns { pixels.append(labels.pixels[row * labels.width + column]) }
    }
    return cut(Raster(width: resized.width, height: resized.height, channels: 1, pixels: pixels), padding: padding)
  }

  private func cut(_ image: Raster, padding: UInt8) -> Raster {
    let channels = image.channels
    var pixels = [UInt8](repeating: padding, count: output.width * output.height * channels)
    for y in max(0, -origin.y)..<max(max(0, -origin.y), min(output.height, image.height - origin.y)) {
      for x in max(0, -origin.x)..<max(max(0, -origin.x), min(output.width, image.width - origin.x)) {
        let source = ((y + origin.y) * image.width + x + origin.x) * channels
        let target = (y * output.width + x) * channels
        for channel in 0..<channels { pixels[target + channel] = image.pixels[source + channel] }
      }
    }
    return Raster(width: output.width, height: output.height, channels: channels, pixels: pixels)
  }
}
