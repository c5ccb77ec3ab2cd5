import Catalog
import Foundation

/// Measures the fit of one site's probe on made-up features, as `fit` trials do it: all of λ's path on nine tenths of the images,
/// scores on the rest, and the fit on all of them. OpenBLAS multiplies there.
public struct ProbeBenchmark: Sendable {
  /// What was measured.
  public struct Figures: Sendable, Codable {
    /// OpenBLAS' kernel.
    public let kernel: String
    /// Computing threads.
    public let threads: Int
    /// Tokens that the probe is fitted on.
    public let tokens: Int
    /// Width of a feature.
    public let width: Int
    /// Classes of the probe.
    public let classes: Int
    /// Values of λ that are tried.
    public let candidates: Int
    /// Seconds of the whole fit, the median of three.
    public let seconds: Double
    /// Iterations of the last fit.
    public let iterations: Int
  }

  private let threads: Int
  private let images: Int
  private let width: Int
  private static let (classes, tokensPerImage, l2) = (21, 64, [1e-5, 1e-4, 1e-3, 1e-2])

  /// A fit on `threads` threads of so many images with 64 tokens each, of `width` dimensions.
  public init(threads: Int, images: Int = 150, width: Int = 1024) {
    self.threads = threads
    self.images = max(2, images)
    self.width = max(1, width)
  }

  /// Runs it, in some ten seconds. Throws an error where the temporary folder has no room for the features (40 MB).
  public func run() throws -> Figures {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("rebound-bench-\(UUID().uuidString)").path
    defer { unlink(file) }
    try AtomicFile.write(
      try FeatureFile.data(features(), sites: [.adapter], classes: Self.classes), to: file, permissions: 0o600)
    let fitter = ProbeFitter(
      settings: Experiment.Probes(
        sites: [.adapter], method: .softmax, targets: .majority, l2: Self.l2, tokensPerImage: Self.tokensPerImage,
        file: nil), classes: Self.classes, seed: 1, pool: ThreadPool(threads: threads))
    var iterations = 0
    let seconds = try Stopwatch.median(of: 3) { iterations = try fitter.fit(site: .adapter, files: [file]).iterations }
    return Figures(
      kernel: BLAS.kernel, threads: threads, tokens: images * Self.tokensPerImage, width: width,
      classes: Self.classes, candidates: Self.l2.count, seconds: seconds, iterations: iterations)
  }

  /// Noise around a centre for each class that neighbouring dimensions share: hidden states are correlated, and hard to tell
  /// apart by a line.
  private func features() -> [FeatureFile.ImageFeatures] {
    var random = SeededGenerator(seed: 3)
    func noise() -> Float { Float(random.uniform() + random.uniform() - 1) }
    let centres = (0..<Self.classes).map { _ in (0..<width).map { _ in 0.1 * noise() } }
    return (0..<images).map { _ in
      let gold = (0..<Self.tokensPerImage).map { _ in Int(random.uniform() * Double(Self.classes)) }
      let states = gold.flatMap { label -> [Float] in
        var drift: Float = 0
        return centres[label].map { centre in
          drift = 0.9 * drift + noise()
          return centre + drift
        }
      }
      let targets = gold.flatMap { label in (0..<Self.classes).map { $0 == label ? Float(1) : 0 } }
      return FeatureFile.ImageFeatures(states: [.adapter: states], targets: targets, gold: gold.map(UInt16.init))
    }
  }
}
