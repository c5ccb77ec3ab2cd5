import Catalog

/// Measures what it takes from an image file to the encoder's input, on one thread, with LLaVA-1.5's preprocessing (shortest
/// edge 336, bicubic, centre crop).
public struct PreprocessingBenchmark {
  /// What was measured; times are medians, in milliseconds.
  public struct Figures: Sendable, Encodable {
    /// Pixels of the image.
    public let width: Int
    /// Pixels of the image.
    public let height: Int
    /// Reading and decoding the file, which is in the page cache.
    public let decodeMilliseconds: Double
    /// Resize, crop and normalisation.
    public let resizeMilliseconds: Double
  }

  private let path: String
  private let repeats: Int

  /// A benchmark on the image at `path`, the median of `repeats` runs.
  public init(image path: String, repeats: Int = 50) {
    self.path = path
    self.repeats = max(1, repeats)
  }

  /// Runs it, in a second; throws an ``ImageError`` if the image cannot be used.
  public func run() throws -> Figures {
    let preprocessor = Preprocessor(
      PreprocessorFacts(
        resize: .shortestEdge(336), crop: (336, 336), rescale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.3, 0.3, 0.3]))
    let image = try ImageFile.image(path)
    let decode = try Stopwatch.median(of: repeats) { _ = try ImageFile.image(path) }
    let resize = try Stopwatch.median(of: repeats) { _ = try preprocessor.pixels(of: image, path: path) }
    return Figures(
      width: image.width, height: image.height, decodeMilliseconds: decode * 1e3, resizeMilliseconds: resize * 1e3)
  }
}
