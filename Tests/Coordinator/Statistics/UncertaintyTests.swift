import Catalog
import Testing

@testable import Coordinator

struct UncertaintyTests {
  /// A data set of clusters whose tokens share their luck: true ratio 0.5.
  static func clustered(_ random: inout SeededGenerator, clusters: Int) -> ClusteredRatio {
    ClusteredRatio(
      (0..<clusters).map { _ in
        let luck = random.uniform() < 0.5 ? 0.25 : 0.75
        let tokens = 20 + random.below(40)
        let right = (0..<tokens).count { _ in random.uniform() < luck }
        return (right, tokens)
      })
  }

  @Test func `bootstrap and linearised intervals cover as often as they say, token-wise ones do not`() throws {
    let (dataSets, clusters) = (300, 50)
    var random = SeededGenerator(seed: 2026)
    let bootstrap = Bootstrap(clusters: clusters, replicates: 400, seed: 1)
    var (covered, coveredLive, coveredTokens) = (0, 0, 0)
    for _ in 0..<dataSets {
      let ratio = Self.clustered(&random, clusters: clusters)
      let estimate = bootstrap.estimate(ratio)
      let interval = try #require(estimate.interval)
      let value = try #require(estimate.value)
      if interval.low <= 0.5 && 0.5 <= interval.high { covered += 1 }
      let margin = try #require(RatioMoments(ratio).margin)
      if abs(value - 0.5) <= margin { coveredLive += 1 }
      // What an interval over independent tokens would be.
      let tokens = Double(ratio.total.y)
      if abs(value - 0.5) <= 1.96 * (value * (1 - value) / tokens).squareRoot() { coveredTokens += 1 }
    }
    // Four binomial standard errors about 95 %, and two points for the few clusters.
    let slack = 4 * (0.95 * 0.05 / Double(dataSets)).squareRoot() + 0.02
    #expect(abs(share(covered, dataSets) - 0.95) < slack)
    #expect(abs(share(coveredLive, dataSets) - 0.95) < slack)
    #expect(share(coveredTokens, dataSets) < 0.6)
  }

  @Test func `the linearised variance is that of the residuals, by hand`() throws {
    // d/y = 1/2, 3/4, 2/2: r = 6/8; residuals d − ry = −0.5, 0, 0.5; variance = 3/2 · 0.5 / 64.
    let moments = RatioMoments(ClusteredRatio([(1, 2), (3, 4), (2, 2)]))
    #expect(moments.ratio == 0.75)
    let variance = try #require(moments.variance)
    #expect(abs(variance - 1.5 * 0.5 / 64) < 1e-15)
    let margin = try #require(moments.margin)
    #expect(abs(margin - 1.959964 * variance.squareRoot()) < 1e-6)
  }

  @Test func `bootstrap and linearised intervals agree on many clusters`() throws {
    var random = SeededGenerator(seed: 5)
    let ratio = Self.clustered(&random, clusters: 400)
    let interval = try #require(Bootstrap(clusters: 400, replicates: 1_000, seed: 3).estimate(ratio).interval)
    let margin = try #require(RatioMoments(ratio).margin)
    #expect(abs((interval.high - interval.low) / 2 / margin - 1) < 0.1)
  }

  @Test func `the same resamples serve every number, so differences are paired`() {
    var random = SeededGenerator(seed: 9)
    let bootstrap = Bootstrap(clusters: 20, replicates: 60, seed: 1)
    let first = Self.clustered(&random, clusters: 20)
    // A second quantity over the same denominators that is always 1/4 more.
    let second = ClusteredRatio(first.parts.map { (4 * $0.x + $0.y, 4 * $0.y) })
    for (a, b) in zip(bootstrap.replicates(of: first), bootstrap.replicates(of: second)) {
      #expect(abs((b ?? 0) - (a ?? 0) - 0.25) < 1e-12)
    }
  }

  @Test func `an interval that cannot be estimated is absent with its reason`() {
    let bootstrap = Bootstrap(clusters: 4, replicates: 200, seed: 1)
    let empty = bootstrap.estimate(ClusteredRatio([(0, 0), (0, 0), (0, 0), (0, 0)]))
    #expect(empty.value == nil && empty.gap == .emptySet)
    let lone = bootstrap.estimate(ClusteredRatio([(1, 2), (0, 0), (0, 0), (0, 0)]))
    #expect(lone.value == 0.5 && lone.noInterval == .oneCluster)
    let constant = bootstrap.estimate(ClusteredRatio([(0, 2), (0, 5), (0, 1), (0, 1)]))
    #expect(constant.value == 0 && constant.noInterval == .noVariation)
    // Both clusters are left out of a resample once in 16.
    let sparse = bootstrap.estimate(ClusteredRatio([(1, 2), (0, 3), (0, 0), (0, 0)]))
    #expect(sparse.value == 0.2 && sparse.noInterval == .oftenEmpty)
  }
}
