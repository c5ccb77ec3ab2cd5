import Catalog

extension Plan.MemoryPlan {
  /// From the buffers that the engine allocates. Rows are those of [prefix, image, suffix].
  init(experiment: Experiment, facts: ModelFacts, weightBytes: UInt64, threads: Int, rows: Int) {
    let decoder = BufferSizes(facts.decoder, rows: rows, dtype: experiment.compute.dtype)
    let vision = facts.vision
    let visionRows = Double(vision.side * vision.side + vision.leadingTokens)
    let inner = (vision.isGated ? 3 : 1) * vision.intermediate
    let visionBuffers = visionRows * Double(7 * vision.hidden + inner + 3 * vision.patch * vision.patch)
    let kept = Double(vision.layers + 1) * Double(vision.side * vision.side * vision.hidden)
    let readouts = experiment.probes.sites.reduce(0.0) {
      $0 + Double((experiment.data.classes.count + 15) / 16 * 16) * Double(facts.hidden(at: $1))
    }
    let widest =
      [
        facts.decoder.hidden, facts.decoder.intermediate, facts.decoder.heads * facts.decoder.headSize, vision.hidden,
        vision.intermediate, 3 * vision.patch * vision.patch,
        facts.connector.featureSites.count * facts.hidden(at: .vision(0)),
      ].max() ?? 0
    // A panel of 256 columns is packed for each thread.
    let panels = Double(threads) * 256 * Double(widest)
    let tokens = ProbeCost(experiment: experiment, facts: facts).tokens
    let width = experiment.probes.sites.map { facts.hidden(at: $0) }.max() ?? 0
    // The features as read, without the held-out tenth, the tenth, and the standardised nine tenths.
    let fit =
      experiment.probes.method == .imported
      ? 0 : 2.9 * tokens * Double(width + experiment.data.classes.count)
    self.init(
      mapped: weightBytes,
      own: Bytes.whole(4 * (decoder.trace + decoder.packed + visionBuffers + kept + readouts + panels)),
      variant: Bytes.whole(4 * (decoder.fork + decoder.packed)), fit: Bytes.whole(4 * fit))
  }
}

/// Numbers of floats in the decoder's buffers for one sequence.
private struct BufferSizes {
  /// What is kept of the baseline: the residual stream entering each layer and behind the last, and each layer's keys
  /// and values.
  let trace: Double
  /// A fork's residual stream, and the keys and values of its current layer.
  let fork: Double
  /// Between the products of a layer, for the rows of one sequence.
  let packed: Double

  init(_ decoder: DecoderFacts, rows: Int, dtype: Experiment.Compute.DType) {
    // Keys lie in columns padded to 64 rows, a head's values in rows padded to 16 floats.
    let paddedRows = Double((rows + 63) / 64 * 64)
    let paddedHead = Double((decoder.headSize + 15) / 16 * 16)
    let cache = Double(decoder.keyValueHeads) * paddedRows * (Double(decoder.headSize) + paddedHead)
    let residual = Double(rows) * Double(decoder.hidden)
    trace = Double(decoder.layers + 1) * residual + Double(decoder.layers) * cache
    fork = residual + cache
    let queryWidth = Double(decoder.heads * decoder.headSize)
    let keyWidth = Double(decoder.keyValueHeads * decoder.headSize)
    // The input of products once more as they read it: in bfloat16 in half the bytes.
    let widest = max(decoder.hidden, decoder.heads * decoder.headSize, decoder.intermediate)
    let input = dtype == .bf16 ? widest / 2 : widest
    // Rows are packed to a multiple of 48.
    packed =
      Double((rows + 47) / 48 * 48)
      * (4 * Double(decoder.hidden) + 2 * queryWidth + 2 * keyWidth + 3 * Double(decoder.intermediate) + Double(input))
  }
}
