import Catalog

/// One image after its baseline walk: predictions at every probed site, and what variants fork from.
public final class ImageBaseline {
  /// [image token] per probed site.
  public let predictions: [Site: [UInt16]]
  let trace: BaselineTrace
  /// The rows of the image tokens.
  let image: Range<Int>

  init(predictions: [Site: [UInt16]], trace: BaselineTrace, image: Range<Int>) {
    self.predictions = predictions
    self.trace = trace
    self.image = image
  }
}

extension Engine {
  /// Encodes an image and walks its baseline. `pixels` is [3, side, side].
  ///
  /// Throws a ``WalkError`` if a state is not finite.
  public func baseline(pixels: [Float], prompt: Prompt, readouts: [Site: Readout]) throws(WalkError) -> ImageBaseline {
    let vision = try encode(pixels: pixels)
    var predictions: [Site: [UInt16]] = [:]
    for (index, states) in vision.sites.enumerated() {
      guard let readout = readouts[.vision(index)] else { continue }
      let tokens = model.tokenPatches.joined(states, width: model.vision.hidden)
      predictions[.vision(index)] = classify(tokens: tokens, by: readout)
    }
    if let readout = readouts[.adapter] { predictions[.adapter] = classify(tokens: vision.adapter, by: readout) }
    let image = imageRows(prompt)
    let trace = try walkBaseline(prompt: prompt, adapter: vision.adapter) {
      layer, output in
      guard let readout = readouts[.llm(layer)] else { return }
      let classes = classify(output.hidden, rows: output.packing.count, by: readout)
      predictions[.llm(layer)] = output.packing.places[0].filter { image.contains($0.position) }.map {
        classes[$0.index]
      }
    }
    return ImageBaseline(predictions: predictions, trace: trace, image: image)
  }

  /// Hidden states of chosen image tokens at chosen sites, [token, hidden] each: what probes are fitted on. At vision sites a
  /// token is all of its patches side by side (``ModelFacts/hidden(at:)``).
  ///
  /// Throws a ``WalkError`` if a state is not finite.
  public func hiddenStates(
    pixels: [Float], prompt: Prompt, sites: [Site], tokens: [Int]
  ) throws(WalkError) -> [Site: [Float]] {
    let vision = try encode(pixels: pixels)
    let wanted = Set(sites)
    var states: [Site: [Float]] = [:]
    func pick(_ values: [Float], width: Int) -> [Float] {
      tokens.flatMap { values[$0 * width..<($0 + 1) * width] }
    }
    for (index, values) in vision.sites.enumerated() where wanted.contains(.vision(index)) {
      let joined = model.tokenPatches.joined(values, width: model.vision.hidden)
      states[.vision(index)] = pick(joined, width: model.facts.hidden(at: .vision(index)))
    }
    let width = model.decoder.hidden
    if wanted.contains(.adapter) { states[.adapter] = pick(vision.adapter, width: width) }
    guard sites.contains(where: { $0 >= .llm(1) }) else { return states }
    let trace = try walkBaseline(prompt: prompt, adapter: vision.adapter) { _, _ in }
    for layer in 1...model.decoder.blocks.count where wanted.contains(.llm(layer)) {
      let start = trace.residuals[layer].pointer + imageRows(prompt).lowerBound * width
      states[.llm(layer)] = tokens.flatMap { UnsafeBufferPointer(start: start + $0 * width, count: width) }
    }
    return states
  }

  /// The rows of the image tokens in [prefix, image, suffix].
  func imageRows(_ prompt: Prompt) -> Range<Int> {
    prompt.prefix.count..<prompt.prefix.count + model.facts.grid.tokens
  }
}
