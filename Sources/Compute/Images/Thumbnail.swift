import CImageCodecs
import Catalog
import Foundation

/// What a model sees of an image, small: for pages.
public enum Thumbnail {
  /// Its longer side, in pixels.
  static let side = 224

  /// `image` cut and scaled as for the encoder, then down to 224 pixels, as a JPEG. Throws an ``ImageError`` that names the file where it
  /// can't be read.
  public static func jpeg(
    of image: LabelledImage, facts: ModelFacts, geometry: Experiment.Data.Geometry
  ) throws -> Data {
    let raster = try ImageFile.image(image.image)
    let preprocessor = Preprocessor(facts.preprocessor.with(geometry, side: facts.vision.image))
    let seen = try preprocessor.geometry(of: raster, path: image.image).apply(toImage: raster)
    return try seen.scaled(longest: side).jpeg()
  }
}

extension Raster {
  /// Scaled down so that no side is longer than `longest`.
  func scaled(longest: Int) throws -> Raster {
    guard max(width, height) > longest else { return self }
    let scale = Double(longest) / Double(max(width, height))
    let size = [width, height].map { max(1, Int((Double($0) * scale).rounded())) }
    var scaled = [UInt8](repeating: 0, count: size[0] * size[1] * 3)
    guard
      rb_resize(pixels, Int64(width), Int64(height), &scaled, Int64(size[0]), Int64(size[1]), RB_BICUBIC) == 0
    else { throw ImageError("there is not enough memory to resize an image") }
    return Raster(width: size[0], height: size[1], channels: 3, pixels: scaled)
  }

  /// The pixels, which must be RGB, as a JPEG file of quality 80.
  func jpeg() throws -> Data {
    precondition(channels == 3)
    var bytes: UnsafeMutablePointer<UInt8>?
    var size = 0
    let result = rb_encode_jpeg(pixels, Int64(width), Int64(height), 80, &bytes, &size)
    defer { free(bytes) }
    guard result == 0, let bytes else { throw ImageError("there is not enough memory to encode a JPEG") }
    return Data(bytes: bytes, count: size)
  }
}
