/// Limited-memory BFGS (Nocedal & Wright, Algorithm 7.5) with a bracketing line search.
///
/// `precondition` multiplies by a symmetric positive definite matrix, roughly the inverse Hessian: it makes the search short
/// and does not move the minimum.
struct LBFGS {
  /// Curvature pairs kept.
  static let memory = 10
  static let mostIterations = 2000
  /// ‖∇‖∞ must fall to this times max(1, ‖∇₀‖∞).
  static let tolerance = 1e-5

  let evaluate: ([Double]) -> (loss: Double, gradient: [Double])
  let precondition: ([Double]) -> [Double]

  /// Minimises from `start`; throws a ``ProbeError`` if it does not converge.
  func minimise(from start: [Double]) throws -> (point: [Double], iterations: Int) {
    var point = start
    var (loss, gradient) = evaluate(point)
    let goal = Self.tolerance * max(1, Self.largest(evaluate([Double](repeating: 0, count: start.count)).gradient))
    guard goal.isFinite else { throw ProbeError("the probe's gradient is not finite where the search starts") }
    var pairs: [(step: [Double], change: [Double], curvature: Double)] = []
    for iteration in 0..<Self.mostIterations {
      if Self.largest(gradient) <= goal { return (point, iteration) }
      var direction = direction(gradient, pairs)
      var slope = Self.dot(direction, gradient)
      if slope >= 0 {
        pairs = []
        direction = precondition(gradient).map(-)
        slope = Self.dot(direction, gradient)
      }
      guard let next = search(point, loss, slope, direction) else {
        guard !pairs.isEmpty else { throw ProbeError("the probe's line search found no descent at loss \(loss)") }
        pairs = []
        continue
      }
      let step = zip(next.point, point).map { $0 - $1 }
      let change = zip(next.gradient, gradient).map { $0 - $1 }
      let curvature = Self.dot(step, change)
      if curvature > 1e-12 * Self.dot(change, change) {
        pairs.append((step, change, curvature))
        if pairs.count > Self.memory { pairs.removeFirst() }
      }
      (point, loss, gradient) = next
    }
    throw ProbeError(
      "the probe did not converge in \(Self.mostIterations) steps (largest gradient \(Self.largest(gradient)), goal \(goal)); "
        + "a larger probes.l2 would help")
  }

  /// The two-loop recursion.
  private func direction(
    _ gradient: [Double], _ pairs: [(step: [Double], change: [Double], curvature: Double)]
  ) -> [Double] {
    var q = gradient
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let weight = Self.dot(pair.step, q) / pair.curvature
      weights.append(weight)
      for index in q.indices { q[index] -= weight * pair.change[index] }
    }
    q = precondition(q)
    if let last = pairs.last {
      let scale = last.curvature / Self.dot(last.change, precondition(last.change))
      for index in q.indices { q[index] *= scale }
    }
    for (pair, weight) in zip(pairs, weights.reversed()) {
      let correction = weight - Self.dot(pair.change, q) / pair.curvature
      for index in q.indices { q[index] += correction * pair.step[index] }
    }
    return q.map(-)
  }

  /// A step that satisfies the weak Wolfe conditions, by bisection. Near the optimum the loss' decrease drowns in
  /// rounding; there a step counts as descent if the slope says so (Hager & Zhang's approximate Wolfe condition).
  private func search(
    _ point: [Double], _ loss: Double, _ slope: Double, _ direction: [Double]
  ) -> (point: [Double], loss: Double, gradient: [Double])? {
    var low = 0.0
    var high = Double.infinity
    var length = 1.0
    for _ in 0..<40 {
      let trial = zip(point, direction).map { $0 + length * $1 }
      let (value, gradient) = evaluate(trial)
      let newSlope = Self.dot(gradient, direction)
      let descends =
        value <= loss + 1e-4 * length * slope || (value <= loss + 1e-6 * abs(loss) && newSlope <= -0.8 * slope)
      if !descends || !value.isFinite {
        high = length
      } else if newSlope < 0.9 * slope {
        low = length
      } else {
        return (trial, value, gradient)
      }
      length = high.isFinite ? (low + high) / 2 : 2 * length
    }
    return nil
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  /// ‖values‖∞; infinite where one is NaN, which `max` would pass over.
  private static func largest(_ values: [Double]) -> Double {
    values.reduce(0) { max($0, $1.isNaN ? .infinity : abs($1)) }
  }
}
