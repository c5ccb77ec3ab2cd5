import Catalog
import Compute
import Coordinator

/// One sampled image drawn with its labels, as a PNG.
public struct OverlayFile: Sendable {
  /// The file.
  public var path: String
  /// Why it could not be written; nil if it was.
  public var failure: String?

  /// Draws the usable image of most classes and writes it to `path`; nil if no image is usable.
  init?(of sample: [SampledImage], spec: Spec, path: String) {
    let richest = sample.filter { $0.input != nil }.max { Self.classes($0) < Self.classes($1) }
    guard let image = richest, let input = image.input else { return nil }
    self.path = path
    do {
      let facts = spec.facts
      let picture = try Preprocessor(facts.preprocessor).picture(
        of: input.pixels, width: facts.vision.image, height: facts.vision.image)
      let overlay = Overlay(
        name: image.image.name, picture: picture, gold: input.labels.gold, grid: facts.grid,
        tokenSide: facts.tokenSide, classes: spec.experiment.data.classes)
      try AtomicFile.write(try overlay.drawn().png(), to: path)
    } catch { failure = "\(error)" }
  }

  private static func classes(_ image: SampledImage) -> Int {
    Set(image.input?.labels.gold.filter { $0 != TokenContext.void } ?? []).count
  }
}
