import Catalog
import Foundation
import Testing

@testable import Coordinator

/// How often intervals hold the truth, on simulated images: the tokens of an image are right with a probability of its own, so that
/// they are correlated by 0.3; |W| is anything from 0 to 400; the knockout reads a fifth of the tokens anew, the others as the
/// baseline does.
struct CoverageTests {
  enum Quantity: CaseIterable {
    /// Recovery: 1/2.
    case level
    /// Of a knockout that does nothing.
    case noEffect
    /// Of one that takes a fifth of what is read anew: −0.02.
    case smallEffect

    var truth: Double {
      switch self {
      case .level: 0.5
      case .noEffect: 0
      case .smallEffect: -0.02
      }
    }
  }

  struct Case: CustomTestStringConvertible {
    let images: Int
    let sweeps: Int
    let quantity: Quantity
    var testDescription: String { "\(quantity) over \(images) images" }
  }

  static let cases = Quantity.allCases.flatMap {
    [Case(images: 40, sweeps: 5_000, quantity: $0), Case(images: 400, sweeps: 1_000, quantity: $0)]
  }

  @Test(arguments: cases)
  func `intervals hold the truth as often as they say, those over independent tokens do not`(_ which: Case) throws {
    var random = SeededGenerator(seed: 2026)
    let binomials = Binomials()
    let bootstrap = Bootstrap(clusters: which.images, replicates: 1_000, seed: 1)
    var (held, heldTokens) = (0, 0)
    for _ in 0..<which.sweeps {
      let ratio = ClusteredRatio(
        (0..<which.images).map { _ in
          let wrong = random.below(401)
          let luck = random.below(Binomials.lucks)
          if which.quantity == .level { return (binomials.draw(wrong, luck, &random), wrong) }
          let again = binomials.draw(wrong, share: 0.2, &random)
          let now =
            which.quantity == .noEffect
            ? binomials.draw(again, luck, &random)
            : binomials.draw(binomials.draw(again, luck, &random), share: 0.8, &random)
          return (now - binomials.draw(again, luck, &random), wrong)
        })
      let estimate = bootstrap.estimate(ratio)
      let interval = try #require(estimate.interval)
      if interval.low <= which.quantity.truth && which.quantity.truth <= interval.high { held += 1 }
      let (value, tokens) = (abs(try #require(estimate.value)), Double(ratio.total.y))
      // A share of independent tokens; for the difference of two, its variance is at most that of a share.
      let margin = 1.96 * (value * (1 - value) / tokens).squareRoot()
      if abs((estimate.value ?? 0) - which.quantity.truth) <= margin { heldTokens += 1 }
    }
    let slack = 4 * (0.95 * 0.05 / Double(which.sweeps)).squareRoot()
    #expect(abs(share(held, which.sweeps) - 0.95) < slack, "\(share(held, which.sweeps))")
    #expect(share(heldTokens, which.sweeps) < 0.8, "\(share(heldTokens, which.sweeps))")
  }

  @Test(arguments: [(1, 12.706), (2, 4.303), (3, 3.182), (9, 2.262), (39, 2.0227), (399, 1.9659)])
  func `Student's quantile is that of the tables`(degrees: Int, expected: Double) {
    #expect(abs(ExpandedTail.t(degrees) / expected - 1) < 0.01)
  }

  @Test func `few clusters leave nothing beyond an interval, many a fortieth`() {
    #expect(ExpandedTail.share(clusters: 2) < 1e-9)
    #expect(abs(ExpandedTail.share(clusters: 40) - 0.0202) < 2e-4)
    #expect(abs(ExpandedTail.share(clusters: 100_000) - 0.025) < 1e-5)
  }
}

/// Draws from binomial distributions, with the probabilities that images have.
private struct Binomials {
  /// How many probabilities an image may have.
  static let lucks = 64

  /// Beta(7/6, 7/6) at equal steps of its distribution: two tokens of an image are correlated by 1 / (7/3 + 1) = 0.3.
  private let probabilities: [Double] = {
    let steps = 20_000
    let density = (0..<steps).map { step in
      let x = (Double(step) + 0.5) / Double(steps)
      return pow(x * (1 - x), 1.0 / 6)
    }
    let total = density.reduce(0, +)
    var (sum, place) = (0.0, 0)
    return (0..<Self.lucks).map { luck in
      while sum < (Double(luck) + 0.5) / Double(Self.lucks) * total { (sum, place) = (sum + density[place], place + 1) }
      return Double(place) / Double(steps)
    }
  }()

  func draw(_ count: Int, _ luck: Int, _ random: inout SeededGenerator) -> Int {
    draw(count, share: probabilities[luck], &random)
  }

  /// By inversion, which needs a (1 − p)^count that is no zero.
  func draw(_ count: Int, share p: Double, _ random: inout SeededGenerator) -> Int {
    if p > 0.5 { return count - draw(count, share: 1 - p, &random) }
    let u = random.uniform()
    var probability = pow(1 - p, Double(count))
    var (sum, k) = (probability, 0)
    while sum < u && k < count {
      probability *= p / (1 - p) * Double(count - k) / Double(k + 1)
      k += 1
      sum += probability
    }
    return k
  }
}
