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
    if let prefixIds, Self.ids(prefixIds) == nil {
      throw ValidationError("--prefix-ids is a list of token ids, such as 1,2,3")
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
      guard let prefix = prefixIds.flatMap(Self.ids) ?? facts.defaultPrefix else {
        throw UsageError(
          "no prompt is known here for a \(facts.decoder.kind.rawValue) decoder; name the tokens before the image with "
            + "--prefix-ids")
      }
      if let outside = prefix.first(where: { $0 >= facts.decoder.vocabulary }) {
        throw UsageError(
          "token id \(outside) is not in the model's vocabulary of \(facts.decoder.vocabulary); name the tokens before the image with "
            + "--prefix-ids")
      }
      guard prefix.count <= ModelFacts.prefixLimit else {
        throw UsageError(
          "--prefix-ids holds \(prefix.count) token ids; at most \(ModelFacts.prefixLimit) may stand before the image")
      }
      let rule = try knockout.map { try KnockoutFile.load($0, facts: facts, prefixLength: prefix.count) }
      let raster = try ImageFile.image(image)
      let preprocessor = Preprocessor(facts.preprocessor)
      let pixels = try preprocessor.pixels(of: raster, path: image)
      let context = TokenContext(
        image: image, grid: facts.grid, prefix: prefix.count,
        gold: [UInt16](repeating: TokenContext.void, count: facts.grid.tokens), predictions: [:], reference: .adapter,
        attentionWindows: facts.decoder.attentionWindows)
      let engine = Engine(model: model, threads: threads ?? Resources.cores)
      let trace = try engine.trace(pixels: pixels, prefix: prefix, knockout: rule, context: context)
      try Self.write(trace, pixels: pixels, side: facts.vision.image, to: out)
      try output.answer(
        Summary(
          file: out, sites: trace.states.map { "\($0.site)" }, kernel: Engine.kernel,
          effectiveEdges: trace.effectiveEdges),
        text: "Wrote \(trace.states.count) sites to \(out) (\(Engine.kernel))." + Self.edges(trace))
    }
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
