import Catalog

/// One labelled image, ready for the model.
public struct LabelledInput: Sendable {
  /// [3, height, width], normalised.
  public let pixels: [Float]
  /// Gold and label distribution of each token.
  public let labels: TokenLabels
  /// ``Raster/pixelDigest`` of the image.
  public let pixelDigest: Digest

  /// Reads and prepares an image with its label map; throws an error that names the file at fault.
  public init(
    _ image: LabelledImage, facts: ModelFacts, rule: TokenLabels.Rule, geometry: Experiment.Data.Geometry
  ) throws {
    let raster = try ImageFile.image(image.image)
    let preprocessor = Preprocessor(facts.preprocessor.with(geometry, side: facts.vision.image))
    pixels = try preprocessor.pixels(of: raster, path: image.image)
    labels = try TokenLabels(
      labels: LabelMap(image.mask, encoding: rule.encoding), path: image.mask, image: raster,
      geometry: preprocessor.geometry(of: raster, path: image.image), grid: facts.grid, tokenSide: facts.tokenSide,
      rule: rule)
    pixelDigest = raster.pixelDigest
    guard labels.gold.contains(where: { $0 != TokenContext.void }) else {
      throw ImageError("\(image.mask) leaves no token of the image with a label: every patch is mostly void")
    }
  }
}

extension Raster {
  /// Of the size and all pixels: the same picture has the same digest whatever its file is called, and however it is packed.
  public var pixelDigest: Digest {
    var hasher = Digest.Hasher()
    hasher.update(Array("\(width)x\(height):".utf8))
    hasher.update(pixels)
    return hasher.finish()
  }
}
