import Testing

@testable import Compute

struct LBFGSTests {
  /// Σ curvature (x − 1)²/2, whose minimum is at 1.
  private func bowl(_ curvature: [Double]) -> ([Double]) -> (loss: Double, gradient: [Double]) {
    { point in
      let gradient = point.indices.map { curvature[$0] * (point[$0] - 1) }
      return (point.indices.reduce(0) { $0 + 0.5 * gradient[$1] * (point[$1] - 1) }, gradient)
    }
  }

  @Test func `it ends at the minimum, with a gradient below the goal`() throws {
    let curvature = [1e-2, 1, 1e2, 1e3]
    let (point, _) = try LBFGS(evaluate: bowl(curvature), precondition: { $0 }).minimise(from: [
      5, -3, 2, 0,
    ])
    // The gradient at zero is 1000, so the goal is 0.01.
    #expect(bowl(curvature)(point).gradient.allSatisfy { abs($0) <= 1e-2 })
  }

  @Test func `a preconditioner shortens the way and does not move the minimum`() throws {
    let curvature = (0..<40).map { 0.5 + 2 * Double($0 * $0) }
    let start = [Double](repeating: 4, count: 40)
    let plain = try LBFGS(evaluate: bowl(curvature), precondition: { $0 }).minimise(from: start)
    let short = try LBFGS(
      evaluate: bowl(curvature),
      precondition: { gradient in zip(gradient, curvature).map { $0 / $1 } }
    ).minimise(from: start)
    #expect(short.iterations <= 2 && plain.iterations > 10)
    #expect(short.point.allSatisfy { abs($0 - 1) < 1e-9 })
  }

  @Test func `no descent and no convergence are errors`() {
    let slope = LBFGS(evaluate: { (-$0[0], [-1]) }, precondition: { $0 })
    #expect(throws: ProbeError.self) { try slope.minimise(from: [0]) }
    let kink = LBFGS(evaluate: { (abs($0[0] - 0.3), [$0[0] < 0.3 ? -1 : 1]) }, precondition: { $0 })
    #expect(throws: ProbeError.self) { try kink.minimise(from: [0]) }
    let lost = LBFGS(evaluate: { _ in (.nan, [.nan]) }, precondition: { $0 })
    #expect(throws: ProbeError.self) { try lost.minimise(from: [0]) }
  }
}
