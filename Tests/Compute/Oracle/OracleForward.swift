import Catalog

/// The plain forward pass that the engine must agree with: every row of [prefix, image, suffix] through every layer, no BLAS,
/// no reuse, top to bottom in checkpoint order. It follows `LlavaForConditionalGeneration` and
/// `PaliGemmaForConditionalGeneration` of Hugging Face transformers.
struct OracleForward {
  let model: OracleModel

  init(_ model: OracleModel) { self.model = model }

  /// Whether attention may flow from `query` to `key`, positions in [prefix, image, suffix] from 0, in decoder layer `layer` (from
  /// 1) and query head `head` (from 0). All edges of the layer, not only edited ones.
  typealias Edges = @Sendable (_ layer: Int, _ head: Int, _ query: Int, _ key: Int) -> Bool

  /// Each query sees itself and what precedes it.
  static let causal: Edges = { _, _, query, key in key <= query }

  /// The model's own edges: causal, within the layer's window, or (PaliGemma) all.
  var base: Edges {
    if model.facts.family == .paligemma { return { _, _, _, _ in true } }
    return { [windows = model.facts.decoder.attentionWindows] layer, _, query, key in
      key <= query && query - key < windows[layer - 1] ?? .max
    }
  }

  /// What a run yields.
  struct States {
    /// vision sites: [patch, hidden]; adapter (the decoder's input) and llm sites: [row, hidden].
    let all: [Site: Matrix]
    let image: Range<Int>

    /// [token, hidden] as a trace has it: patches, or image rows without the prompt.
    func tokens(_ site: Site) -> Matrix? {
      guard let states = all[site] else { return nil }
      return site < .adapter ? states : states.rows(image)
    }
  }

  /// Runs encoder, connector and decoder. `pixels` is [3, side, side], normalised.
  func run(pixels: [Float], prompt: Prompt, edges: Edges? = nil) -> States {
    let vision = encode(pixels: pixels)
    var all: [Site: Matrix] = [:]
    for (index, states) in vision.enumerated() { all[.vision(index)] = states }
    let features = model.facts.connector.featureSites.map { vision[$0] }
    let decoded = run(adapter: connect(features), prompt: prompt, edges: edges)
    return States(all: all.merging(decoded.all) { $1 }, image: decoded.image)
  }

  /// Runs the decoder alone, from given image tokens `adapter`, [image token, hidden].
  func run(adapter: Matrix, prompt: Prompt, edges: Edges? = nil) -> States {
    let embedding = model["decoder.embed_tokens.weight"]
    let width = model.facts.decoder.hidden
    let scale = model.facts.decoder.kind == .gemma ? Float(Double(width).squareRoot()) : 1
    func words(_ ids: [Int]) -> [Float] {
      ids.flatMap { embedding.values[$0 * width..<($0 + 1) * width] }.map { $0 * scale }
    }
    let input = Matrix(
      rows: prompt.prefix.count + adapter.rows + prompt.suffix.count, columns: width,
      values: words(prompt.prefix) + adapter.values + words(prompt.suffix))
    var all: [Site: Matrix] = [.adapter: input]
    for (index, states) in decode(input, edges: edges ?? base).enumerated() { all[.llm(index + 1)] = states }
    return States(all: all, image: prompt.prefix.count..<prompt.prefix.count + adapter.rows)
  }
}
