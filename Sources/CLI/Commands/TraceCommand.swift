import ArgumentParser
import Catalog
import Compute
import Coordinator
import Foundation

/// `rebound trace`: hidden states of every site for one image.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Write the hidden states of every site for one image, with or without a knockout.",
    discussion: """
      Writes a safetensors file with one float32 tensor [tokens, hidden] named as each site, 'pixels' [3, height, width], and \
      with a knockout 'effective_edges' [window layers, heads].
      """)

  @Option(help: "The Hugging Face model directory.")
  var model: String

  @Option(help: "A JPEG or PNG.")
  var image: String

  @Option(help: "Token ids before the image, such as 1,2,3 (default: the family's).")
  var prefixIds: String?

  @Option(help: "Token ids behind the image, where they can influence it (default: the family's).")
  var suffixIds: String?

  @Option(help: "A YAML file with one knockout in the spec's grammar, naming one window.")
  var knockout: String?

  @Option(help: "The arithmetic: f32.")
  var dtype = "f32"

  @Option(help: "Threads (default: all cores).")
  var threads: Int?

  @Option(help: "The safetensors file to write.")
  var out: String

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard dtype == "f32" else { throw ValidationError("--dtype \(dtype) is not supported by this version; use f32") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    for (option, text) in [("--prefix-ids", prefixIds), ("--suffix-ids", suffixIds)] {
      if let text, Self.ids(text) == nil {
        throw ValidationError("\(option) is a list of token ids, such as 1,2,3")
      }
    }
  }

  private static func ids(_ text: String) -> [Int]? {
    let parts = text.split(separator: ",").map { Int($0.trimmed) }
    return parts.allSatisfy { ($0 ?? -1) >= 0 } && !parts.isEmpty ? parts.compactMap { $0 } : nil
  }

  /// What `--output json` prints.
  struct Summary: Encodable {
    let schema = 1
    let file: String
    let sites: [String]
    let kernel: String
    let effectiveEdges: [[Int]]?
  }

  func run() async throws {
    try await reportingErrors {
      let model = try Model(directory: model)
      let facts = model.facts
      let prompt = try prompt(facts)
      let rule = try knockout.map { try KnockoutFile.load($0, facts: facts, prompt: prompt) }
      let raster = try ImageFile.image(image)
      let preprocessor = Preprocessor(facts.preprocessor)
      let pixels = try preprocessor.pixels(of: raster, path: image)
      let context = TokenContext(image: image, facts: facts, prompt: prompt, predictions: [:], reference: .adapter)
      let engine = Engine(model: model, threads: threads ?? Resources.cores)
      let trace = try engine.trace(pixels: pixels, prompt: prompt, knockout: rule, context: context)
      try Self.write(trace, pixels: pixels, side: facts.vision.image, to: out)
      try output.answer(
        Summary(
          file: out, sites: trace.states.map { "\($0.site)" }, kernel: Engine.kernel,
          effectiveEdges: trace.effectiveEdges),
        text: "Wrote \(trace.states.count) sites to \(out) (\(Engine.kernel))." + Self.edges(trace))
    }
  }

  /// The ids around the image: those of the options, or the family's.
  private func prompt(_ facts: ModelFacts) throws -> Prompt {
    guard let prefix = prefixIds.flatMap(Self.ids) ?? facts.defaultPrefix else {
      throw UsageError(
        "no prompt is known here for a \(facts.decoder.kind.rawValue) decoder; name the tokens before the image with "
          + "--prefix-ids")
    }
    guard suffixIds == nil || !facts.decoder.isCausal else {
      throw UsageError(
        "--suffix-ids: what stands behind the image cannot influence it in this model, whose attention is causal; leave "
          + "it out")
    }
    let prompt = Prompt(prefix: prefix, suffix: suffixIds.flatMap(Self.ids) ?? facts.defaultSuffix ?? [])
    for (ids, side, option) in [(prompt.prefix, "before", "--prefix-ids"), (prompt.suffix, "behind", "--suffix-ids")] {
      if let outside = ids.first(where: { $0 >= facts.decoder.vocabulary }) {
        throw UsageError(
          "token id \(outside) is not in the model's vocabulary of \(facts.decoder.vocabulary); name the tokens \(side) "
            + "the image with \(option)")
      }
    }
    guard prompt.count <= ModelFacts.prefixLimit else {
      throw UsageError(
        "\(prompt.count) token ids stand around the image; at most \(ModelFacts.prefixLimit) may: shorten --prefix-ids"
          + (prompt.suffix.isEmpty ? "" : " or --suffix-ids"))
    }
    return prompt
  }

  /// What the knockout edited, so that one which does nothing does not do it silently.
  private static func edges(_ trace: SiteTrace) -> String {
    guard let edges = trace.effectiveEdges else { return "" }
    let count = edges.joined().reduce(0, +)
    return count == 0
      ? " The knockout has no effective edge: this is the baseline."
      : " The knockout edits \(count) edges over its layers and heads."
  }

  private static func write(_ trace: SiteTrace, pixels: [Float], side: Int, to path: String) throws {
    var writer = SafetensorsWriter(metadata: ["kernel": Engine.kernel])
    writer.add("pixels", shape: [3, side, side], pixels)
    for (site, hidden, values) in trace.states {
      writer.add("\(site)", shape: [values.count / hidden, hidden], values)
    }
    if let edges = trace.effectiveEdges {
      writer.add(
        "effective_edges", shape: [edges.count, edges.first?.count ?? 0], edges.flatMap { $0.map(Int64.init) })
    }
    try writer.write(to: path)
  }
}
