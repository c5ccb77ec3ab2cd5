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
      with a knockout 'effective_edges' [window layers, heads]. Its metadata hold the token ids around the image and the \
      positions of the image tokens.
      """)

  @Option(help: "The Hugging Face model directory.")
  var model: String

  @Option(help: "A JPEG or PNG.")
  var image: String

  @Option(help: "The prompt as text, with <image> where the image stands (default: the family's).")
  var prompt: String?

  @Option(help: "Token ids before the image, such as 1,2,3, instead of a prompt.")
  var prefixIds: String?

  @Option(help: "Token ids behind the image, where they can influence it, instead of a prompt.")
  var suffixIds: String?

  @Option(help: "A YAML file with one knockout in the spec's grammar, naming one window.")
  var knockout: String?

  @OptionGroup var dtype: ArithmeticOptions

  @Option(help: "Threads (default: all cores).")
  var threads: Int?

  @Option(help: "The safetensors file to write.")
  var out: String

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    guard prompt == nil || (prefixIds == nil && suffixIds == nil) else {
      throw ValidationError(
        "--prompt says what stands around the image, as --prefix-ids and --suffix-ids do; keep one of them")
    }
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

  private static func text(_ ids: [Int]) -> String { ids.map(String.init).joined(separator: ",") }

  /// What `--output json` prints.
  struct Summary: Encodable {
    let schema = 1
    let file: String
    let sites: [String]
    let prefixTokenIDs: [Int]
    let suffixTokenIDs: [Int]
    let imageTokens: ImageTokens
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
      let arithmetic = try dtype.arithmetic()
      let kernel = Engine.kernel(arithmetic)
      let engine = Engine(model: model, threads: threads ?? Resources.cores, arithmetic: arithmetic)
      let trace = try engine.trace(pixels: pixels, prompt: prompt, knockout: rule, context: context)
      let place = ImageTokens(prefix: prompt.prefix.count, grid: facts.grid)
      var metadata = [
        "kernel": kernel, "prefix_token_ids": Self.text(prompt.prefix),
        "image_tokens": "\(place.first)-\(place.last)",
      ]
      if !facts.decoder.isCausal { metadata["suffix_token_ids"] = Self.text(prompt.suffix) }
      try Self.write(trace, pixels: pixels, side: facts.vision.image, metadata: metadata, to: out)
      try output.answer(
        Summary(
          file: out, sites: trace.states.map { "\($0.site)" }, prefixTokenIDs: prompt.prefix,
          suffixTokenIDs: prompt.suffix,
          imageTokens: place, kernel: kernel, effectiveEdges: trace.effectiveEdges),
        text: "Wrote \(trace.states.count) sites to \(out) (\(kernel))." + Self.edges(trace))
    }
  }

  /// The ids around the image: of the text, those of the options, or the family's.
  private func prompt(_ facts: ModelFacts) throws -> Prompt {
    let sides = [("--prefix-ids", prefixIds.flatMap(Self.ids)), ("--suffix-ids", suffixIds.flatMap(Self.ids))]
    for (option, ids) in sides {
      if let why = ids?.lazy.compactMap({ ChosenPrompt.objection(to: $0, facts: facts) }).first {
        throw UsageError("\(option): \(why)")
      }
    }
    do {
      if let prompt { return try ChosenPrompt(text: prompt, facts: facts).ids }
      guard prefixIds != nil || suffixIds != nil else { return try ChosenPrompt(familyOf: facts).ids }
      return try ChosenPrompt(prefix: sides[0].1, suffix: sides[1].1, facts: facts).ids
    } catch {
      if prompt != nil { throw UsageError("--prompt: \(error)") }
      let given = sides.last { $0.1 != nil }
      throw UsageError(given.map { "\($0.0): \(error)" } ?? "\(error); give --prompt or --prefix-ids")
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

  private static func write(
    _ trace: SiteTrace, pixels: [Float], side: Int, metadata: [String: String], to path: String
  ) throws {
    var writer = SafetensorsWriter(metadata: metadata)
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
