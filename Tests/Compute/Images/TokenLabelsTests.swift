import Catalog
import Foundation
import Testing

@testable import Compute

struct TokenLabelsTests {
  private let rule = TokenLabels.Rule(
    .init(classes: ["sky", "road", "tree"], void: [255], train: [], evaluate: []))

  /// The labels of a map whose patches are 2 × 2, without a resize.
  private func labels(
    _ pixels: [UInt8], width: Int, facts: PreprocessorFacts? = nil, side: Int? = nil, tokenSide: Int? = nil,
    rule: TokenLabels.Rule? = nil
  ) throws -> TokenLabels {
    let height = pixels.count / width
    let facts =
      facts
      ?? PreprocessorFacts(resize: nil, crop: nil, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1])
    let geometry = try #require(ImageGeometry(facts, width: width, height: height))
    let image = Raster(
      width: width, height: height, channels: 3,
      pixels: [UInt8](repeating: 0, count: 3 * pixels.count))
    return try TokenLabels(
      labels: LabelMap(Raster(width: width, height: height, channels: 1, pixels: pixels)), path: "mask.png",
      image: image,
      geometry: geometry, grid: Grid(rows: side ?? height / 2, columns: side ?? width / 2),
      tokenSide: tokenSide, rule: rule ?? self.rule)
  }

  @Test func `gold is the majority of a patch, ties go to the lowest class`() throws {
    let labels = try labels(
      [
        2, 2, 1, 0, 2, 1,
        2, 0, 0, 1, 2, 1,
      ], width: 6)
    #expect(labels.gold == [2, 0, 1])
    #expect(labels.distribution == [0.25, 0, 0.75, 0.5, 0.5, 0, 0, 0.5, 0.5])
  }

  @Test func `pixels that no patch takes belong to no token`() throws {
    let labels = try labels(
      [
        1, 1, 1, 2, 2,
        1, 1, 1, 2, 2,
        0, 0, 0, 0, 2,
        0, 0, 0, 0, 2,
        2, 2, 2, 2, 2,
      ], width: 5, side: 2, tokenSide: 2)
    #expect(labels.gold == [1, 1, 0, 0])
    #expect(labels.distribution == [0, 1, 0, 0, 0.5, 0.5, 1, 0, 0, 1, 0, 0])
  }

  @Test func `a patch is void if more than half of it is, and not if just half is`() throws {
    let labels = try labels(
      [
        255, 255, 255, 255, 255, 255,
        255, 1, 2, 2, 255, 255,
      ], width: 6)
    #expect(labels.gold == [TokenContext.void, 2, TokenContext.void])
    // The distribution is of the pixels that have a class.
    #expect(labels.distribution == [0, 1, 0, 0, 0, 1, 0, 0, 0])
  }

  @Test func `padding counts as void, even where a class has label 0`() throws {
    // 2 × 2 pixels in the middle of 4 × 4: every patch is padded by three quarters.
    let facts = PreprocessorFacts(
      resize: nil, crop: (4, 4), rescale: 1, mean: [0, 0, 0], std: [1, 1, 1])
    let padded = try labels([0, 0, 0, 1], width: 2, facts: facts, side: 2)
    #expect(padded.gold == [UInt16](repeating: TokenContext.void, count: 4))
    #expect(padded.distribution == [1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0])
  }

  @Test func `distributions sum to one where a patch has a labelled pixel, else to zero`() throws {
    var generator = SeededGenerator(seed: 9)
    let pixels = (0..<144).map { _ in [0, 1, 2, 255, 255][generator.below(5)] as UInt8 }
    let labels = try labels(pixels, width: 12)
    for token in 0..<36 {
      let share = labels.distribution[token * 3..<token * 3 + 3]
      let sum = share.reduce(0, +)
      #expect(abs(sum - 1) < 1e-6 || sum == 0)
      if labels.gold[token] != TokenContext.void {
        #expect(share[share.startIndex + Int(labels.gold[token])] == share.max())
      }
    }
  }

  @Test func `labels need not begin at 0`() throws {
    let rule = TokenLabels.Rule(
      .init(classes: ["wall", "sky"], labels: [[1], [2]], void: [0], train: [], evaluate: []))
    #expect(try labels([1, 1, 2, 2, 1, 1, 2, 0], width: 4, rule: rule).gold == [0, 1])
  }

  @Test func `a label that is neither class nor void is an error with its count`() {
    let error = #expect(throws: ImageError.self) { try labels([0, 7, 7, 7], width: 2) }
    #expect(error?.description.contains("mask.png holds label 7 in 3 pixels") == true)
  }

  @Test func `a map of another size than its image is an error with both sizes`() throws {
    let geometry = try #require(
      ImageGeometry(
        PreprocessorFacts(resize: nil, crop: nil, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1]),
        width: 4, height: 2))
    let error = #expect(throws: ImageError.self) {
      try TokenLabels(
        labels: LabelMap(Raster(width: 2, height: 2, channels: 1, pixels: [0, 0, 0, 0])), path: "mask.png",
        image: Raster(width: 4, height: 2, channels: 3, pixels: [UInt8](repeating: 0, count: 24)),
        geometry: geometry,
        grid: Grid(rows: 1, columns: 2), rule: rule)
    }
    #expect(error?.description == "mask.png is 2×2, but its image is 4×2")
  }
}
