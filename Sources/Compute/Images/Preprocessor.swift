import Catalog

/// From an image file to the encoder's input, equal to `CLIPImageProcessor` with Pillow.
public struct Preprocessor: Sendable {
  /// What `preprocessor_config.json` says.
  public let facts: PreprocessorFacts

  /// Takes each property as it is.
  public init(_ facts: PreprocessorFacts) { self.facts = facts }

  /// The geometry of an image; throws if it cannot be brought to the encoder's size.
  public func geometry(of image: Raster, path: String) throws -> ImageGeometry {
    guard let geometry = ImageGeometry(facts, width: image.width, height: image.height) else {
      throw ImageError(
        "\(path) is \(image.width)×\(image.height), too long and narrow to be brought to the size of the encoder")
    }
    return geometry
  }

  /// Normalised pixels, [3, height, width] float32: rescaled, less the mean, divided by the deviation, in this order.
  public func pixels(of image: Raster, path: String) throws -> [Float] {
    let cut = try geometry(of: image, path: path).apply(toImage: image)
    let area = cut.width * cut.height
    var pixels = [Float](repeating: 0, count: 3 * area)
    for channel in 0..<3 {
      let mean = Float(facts.mean[channel])
      let std = Float(facts.std[channel])
      let table = (0..<256).map { (Float(Double($0) * facts.rescale) - mean) / std }
      for index in 0..<area { pixels[channel * area + index] = table[Int(cut.pixels[index * 3 + channel])] }
    }
    return pixels
  }

  /// What ``pixels(of:path:)`` were made of, at the encoder's size: [3, height, width] in, RGB out.
  public func picture(of pixels: [Float], width: Int, height: Int) throws -> Raster {
    let area = width * height
    guard pixels.count == 3 * area, facts.rescale != 0 else {
      throw ImageError("the encoder's input cannot be shown: it is not \(width)×\(height) pixels of three channels")
    }
    var bytes = [UInt8](repeating: 0, count: 3 * area)
    for channel in 0..<3 {
      for index in 0..<area {
        let value = (Double(pixels[channel * area + index]) * facts.std[channel] + facts.mean[channel]) / facts.rescale
        bytes[index * 3 + channel] = UInt8(min(max(value.rounded(), 0), 255))
      }
    }
    return Raster(width: width, height: height, channels: 3, pixels: bytes)
  }
}
