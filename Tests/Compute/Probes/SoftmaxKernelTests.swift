import CKernels
import Catalog
import Foundation
import Testing

@testable import Compute

struct SoftmaxKernelTests {
  /// Residuals and loss in double.
  private func reference(_ logits: [Float], _ bias: [Float], _ targets: [Float], classes: Int, columns: Int) -> (
    residuals: [Double], loss: Double
  ) {
    var residuals = [Double](repeating: 0, count: logits.count)
    var loss = 0.0
    for row in stride(from: 0, to: logits.count, by: columns) {
      let values = (0..<classes).map { Double(logits[row + $0]) + Double(bias[$0]) }
      let top = values.reduce(-.infinity, max)
      let total = values.reduce(0) { $0 + exp($1 - top) }
      for k in 0..<classes {
        residuals[row + k] = exp(values[k] - top) / total - Double(targets[row + k])
        loss += Double(targets[row + k]) * (log(total) + top - values[k])
      }
    }
    return (residuals, loss)
  }

  @Test(arguments: [(1, 1.0), (7, 3.0), (16, 20.0), (20, 3.0), (150, 8.0)])
  func `the softmax kernel agrees with double precision, and columns that are no class weigh nothing`(
    classes: Int, spread: Double
  ) {
    var generator = SeededGenerator(seed: 1)
    let columns = (classes + 15) / 16 * 16
    var (logits, targets) = ([Float](), [Float]())
    for _ in 0..<9 {
      let gold = generator.below(classes)
      for k in 0..<columns {
        logits.append(k < classes ? Float(spread * (2 * generator.uniform() - 1)) : 0)
        targets.append(k == gold ? 1 : 0)
      }
    }
    let bias = (0..<columns).map { $0 < classes ? Float(generator.uniform()) : -1e30 }
    let expected = reference(logits, bias, targets, classes: classes, columns: columns)
    var sums = [Double](repeating: 1, count: columns)
    let loss = rb_softmax_residuals(&logits, bias, targets, 9, Int64(columns), &sums)
    #expect(abs(loss - expected.loss) <= 1e-5 * (1 + expected.loss))
    for index in logits.indices {
      #expect(abs(Double(logits[index]) - expected.residuals[index]) < 1e-6)
      if index % columns >= classes { #expect(logits[index] == 0) }
    }
    for k in 0..<columns {
      let sum = stride(from: k, to: expected.residuals.count, by: columns).reduce(1) { $0 + expected.residuals[$1] }
      #expect(abs(sums[k] - sum) < 1e-5)
    }
  }

  @Test func `logits far apart neither overflow nor lose the loss`() {
    var logits: [Float] = [3000, -3000, 0] + [Float](repeating: 0, count: 13)
    let targets: [Float] = [0, 1, 0] + [Float](repeating: 0, count: 13)
    let bias = [0, 0, 0] + [Float](repeating: -1e30, count: 13)
    var sums = [Double](repeating: 0, count: 16)
    let loss = rb_softmax_residuals(&logits, bias, targets, 1, 16, &sums)
    #expect(loss == 6000)
    #expect(logits[..<3] == [1, -1, 0] && logits[3...].allSatisfy { $0 == 0 })
  }

  @Test func `a factored matrix solves for every row, and one that is not positive definite has no factor`() throws {
    let matrix = [4.0, 1, 0.5, 1, 3, 0.25, 0.5, 0.25, 2]
    let solution = try #require(Cholesky(matrix, order: 3)).solve([1, 2, 3, -1, 0, 5])
    for (side, right) in [[1.0, 2, 3], [-1, 0, 5]].enumerated() {
      for row in 0..<3 {
        let product = (0..<3).reduce(0) { $0 + matrix[row * 3 + $1] * solution[side * 3 + $1] }
        #expect(abs(product - right[row]) < 1e-12)
      }
    }
    #expect(Cholesky([1, 2, 2, 1], order: 2).map { _ in true } == nil)
  }
}
