import Catalog
import Foundation
import Testing

@testable import Coordinator

struct PlanTests {
  private let workspace: SpecWorkspace
  init() throws { workspace = try SpecWorkspace() }

  private func plan(_ text: String, workers: Int = 2, threads: Int = 3, rate: Double = 1e9) throws -> Plan {
    let spec = try workspace.load(text)
    return Plan(
      experiment: spec.experiment, facts: spec.facts, prompt: spec.prompt, weightBytes: 1_000_000, workers: workers,
      threads: threads,
      rate: rate, peak: 2 * rate)
  }

  /// The shapes of llava-1.5-7b-hf.
  private func useLlava() throws {
    try workspace.write(
      "model/config.json",
      """
      {"model_type": "llava", "vision_feature_layer": -2,
       "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024, "num_hidden_layers": 24,
         "num_attention_heads": 16, "intermediate_size": 4096, "image_size": 336, "patch_size": 14},
       "text_config": {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
         "num_attention_heads": 32, "intermediate_size": 11008, "vocab_size": 32064}}
      """)
    try workspace.write(
      "model/preprocessor_config.json", #"{"size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}}"#
    )
  }

  @Test func `the plan says which part of an image is computed, and counts the patches of a token`() throws {
    #expect(try plan(SpecWorkspace.base).tiling == nil)
    try workspace.write(
      "model/config.json",
      """
      {"model_type": "smolvlm", "scale_factor": 4,
       "vision_config": {"hidden_size": 8, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 16,
         "image_size": 32, "patch_size": 4},
       "text_config": {"model_type": "llama", "hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 4,
         "intermediate_size": 32, "vocab_size": 10}}
      """)
    try workspace.write("model/preprocessor_config.json", #"{"max_image_size": {"longest_edge": 32}}"#)
    let plan = try plan(SpecWorkspace.base)
    #expect(plan.tiling == .singleTile && plan.text.contains("Each image is a single tile"))
    let facts = try workspace.load(SpecWorkspace.base).facts
    #expect(facts.grid.tokens == 4 && facts.hidden(at: .vision(3)) == 16 * 8)
    // 64 patches: convolution 3·4²·8, in 3 blocks 4·8² + 2·8·16 and twice 64·8 for attention; 4 tokens: 128·16.
    let (convolution, block, connector) = (64.0 * 384, 64.0 * 1536, 4.0 * 128 * 16)
    #expect(plan.image.vision == 2 * (convolution + 3 * block + connector))
  }

  @Test func `a 7B forward takes two operations for each weight and row, and its attention`() throws {
    try useLlava()
    let text = SpecWorkspace.base.replacingOccurrences(of: "prefix_token_ids: [1, 4]\n", with: "")
    let image = try plan(text).image
    let rows = 581.0
    // Vicuna-7B has 6.476e9 weights in its 32 blocks, CLIP-L/14-336 0.302e9 in its 24, the projector 0.021e9.
    let weights = 32 * (4 * 4096.0 * 4096 + 3 * 4096 * 11008)
    #expect(weights == 6_476_005_376)
    let attention = 32 * 4 * 4096 * (1...581).reduce(0.0) { $0 + Double($1) }
    #expect(abs(image.baseline - (2 * weights * rows + attention)) < 1)
    let encoder = 24 * (4 * 1024.0 * 1024 + 2 * 1024 * 4096)
    let convolution = 2 * 576 * 3 * 14 * 14 * 1024.0
    let projector = 2 * 576 * (1024 * 4096.0 + 4096 * 4096)
    #expect(abs(image.vision - (2 * encoder * 577 + 24 * 4 * 577 * 577 * 1024 + convolution + projector)) < 1)
  }

  @Test func `a 7B worker keeps 0.3 GB of residuals and 0.6 GB of keys and values an image`() throws {
    try useLlava()
    let text =
      SpecWorkspace.base.replacingOccurrences(of: "prefix_token_ids: [1, 4]\n", with: "")
      .replacingOccurrences(of: "width: 1, stride: 1", with: "width: 32")
    let memory = try plan(text, threads: 1).memory
    #expect(memory.mapped == 1_000_000)
    // Residuals 33 · 581 · 4096, keys and values 32 · 2 · 640 · 4096; buffers of one layer, probes and a panel besides.
    let floats: Int = 33 * 581 * 4096 + 32 * 2 * 640 * 4096
    let kept = 4 * Double(floats)
    #expect(kept > 0.95e9 && kept < 1.0e9)
    #expect(Double(memory.own) > kept && Double(memory.own) < kept + 0.5e9)
    // Residual, one layer's keys and values, and packed rows: (4 + 2 + 2) · 4096 + 3 · 11008 floats each, and the widest input
    // of a product once more.
    let fork: UInt64 = 581 * 4096 + 2 * 640 * 4096
    let packed: UInt64 = 624 * (8 * 4096 + 4 * 11008)
    #expect(memory.variant == 4 * (fork + packed))
    let two = try plan(text, threads: 2).memory
    #expect(two.own - memory.own == 4 * 256 * 11008)
  }

  /// Counts a variant's operations row by row and key by key.
  private func counted(first: Int, rows: Int, layers: ClosedRange<Int>, window: ClosedRange<Int>, open: Bool) -> Double
  {
    let (d, q, k, i) = (16, 16, 8, 32)
    var operations = 0
    for layer in layers {
      for row in first..<rows {
        operations += 2 * (d * q + d * k + d * k + q * d + 3 * d * i)
        let keys = open && window.contains(layer) ? rows : row + 1
        for _ in 0..<keys { operations += 2 * q + 2 * q }
      }
    }
    return Double(operations)
  }

  @Test(arguments: [
    ("block: {queries: wrong, keys: correct}", "[[2, 3]]", "all", 2, 2...4, 2...3, false),
    ("block: {queries: wrong, keys: correct}", "[[2, 3]]", "0", 2, 2...3, 2...3, false),
    ("block: {queries: image | prefix, keys: bos}", "[[1, 1]]", "1", 0, 1...2, 1...1, false),
    ("block: {queries: {tokens: [9, 7]}, keys: bos}", "all", "all", 7, 1...4, 1...4, false),
    ("block: {queries: \"image & tokens(1, 5)\", keys: bos}", "[[4, 4]]", "all", 2, 4...4, 4...4, false),
    ("block: {queries: \"!correct\", keys: bos}", "[[4, 4]]", "all", 0, 4...4, 4...4, false),
    ("open: {queries: \"!correct\", keys: image}", "[[3, 3]]", "all", 2, 3...4, 3...3, true),
  ])
  func `a variant counts every row from its first query on, from its window to its horizon`(
    edit: String, windows: String, horizon: String, first: Int, layers: ClosedRange<Int>, window: ClosedRange<Int>,
    open: Bool
  ) throws {
    let base = SpecWorkspace.base.components(separatedBy: "  - {name: anchors")[0]
    let plan = try plan(
      base + "  - {name: x, \(edit), windows: \(windows), control: {matched: {draws: 2}}}\nhorizon: \(horizon)\n")
    let knockout = try #require(plan.knockouts.first)
    #expect(knockout.arms == 5)
    #expect(knockout.variants == 5)
    let probes = Double(layers.count * 2 * (18 - first) * 3 * 16)
    #expect(
      knockout.operations == 5 * (counted(first: first, rows: 18, layers: layers, window: window, open: open) + probes))
    #expect(plan.image.variants == knockout.operations)
  }

  @Test func `where all see each other every row counts, with every key`() throws {
    try workspace.usePaliGemma()
    let plan = try plan(
      SpecWorkspace.base.replacingOccurrences(of: "prefix_token_ids: [1, 4]", with: "suffix_token_ids: [2, 5, 6]")
        .replacingOccurrences(of: "width: 1, stride: 1", with: "width: 2, stride: 2"))
    #expect(plan.prompt.suffix.map(\.id) == [2, 5, 6] && !plan.prompt.isCausal)
    #expect(
      plan.text.contains("The image's stand at positions 0 to 15; behind them: 2, 5, 6. All see each other."))
    #expect(plan.text.contains("Variants count with every row, and a softmax fit"))
    // 4 layers of 19 rows that see 19 keys each; hidden 16, queries 16, keys 8, MLP 32.
    let weights: Int = 2 * 16 * 16 + 2 * 16 * 8 + 3 * 16 * 32
    let layer: Int = 19 * 2 * weights + 19 * 19 * 4 * 16
    #expect(plan.image.baseline == Double(4 * layer))
    // From layer 1, and from layer 3.
    let probes: Int = 6 * 2 * 19 * 3 * 16
    #expect(plan.image.variants == Double(6 * layer + probes))
  }

  @Test func `stages have the experiment's trials, and share its work among the threads`() throws {
    let plan = try plan(SpecWorkspace.base)
    #expect(plan.stages.map(\.stage) == [.extract, .fit, .sweep])
    #expect(plan.stages.map(\.units) == [1, 9, 6])
    #expect(plan.stages.map(\.trials) == [1, 9, 6 * 5])
    let image = plan.image
    #expect(plan.stages[0].operations == 4 * (image.vision + image.baseline))
    #expect(plan.stages[2].operations == 6 * (image.vision + image.baseline + image.probes + image.variants))
    #expect(image.naive == 5 * (image.vision + image.baseline + image.probes))
    // One shard keeps one worker busy, sweep two.
    #expect(plan.stages[0].seconds == plan.stages[0].operations / 3e9)
    #expect(plan.stages[2].seconds == plan.stages[2].operations / 6e9)
    #expect(plan.stages[1].operations > 0)
    // 4 images × 8 tokens: 4 vision sites of 8, 5 sites of 16, 3 classes, gold.
    let token: UInt64 = 4 * 8 + 5 * 16 + 3 + 1
    #expect(plan.stages[0].diskBytes == 4 * 32 * token)
    let probes: UInt64 = 4 * (3 * 8 + 3 + 16) + 5 * (3 * 16 + 3 + 32)
    #expect(plan.stages[1].diskBytes == 2 * 4 * probes)
  }

  @Test func `ridge and imported probes cost what they cost`() throws {
    let ridge = try plan(SpecWorkspace.base + "probes: {method: ridge, l2: [1, 2]}\n")
    let site = { (h: Double) in 1.9 * 2 * 32 * h * (h + 3) + h * h * h }
    #expect(abs(ridge.stages[1].operations - (4 * site(8) + 5 * site(16))) < 1e-6)
    try workspace.write("p.safetensors", "p")
    let imported = try plan(SpecWorkspace.base + "probes: {import: p.safetensors}\n")
    #expect(imported.stages.map(\.trials) == [0, 0, 30])
    #expect(imported.stages[..<2].allSatisfy { $0.operations == 0 && $0.diskBytes == 0 })
    #expect(imported.memory.fit == 0)
    let vision = try plan(
      SpecWorkspace.base.components(separatedBy: "knockouts:")[0] + "probes: {sites: [vision.2, adapter]}\n")
    #expect(vision.stages[0].operations == 4 * vision.image.vision)
  }

  @Test func `the plan as JSON reads back, with its schema`() throws {
    let plan = try plan(SpecWorkspace.base)
    let json = try plan.json()
    #expect(try JSONDecoder().decode(Plan.self, from: json) == plan)
    let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(object["schema"] as? Int == 1)
  }

  @Test func `the plan as text says what it takes`() throws {
    let text = try plan(
      SpecWorkspace.base
        + "  - {name: all, open: {queries: image, keys: image}, windows: all, control: {matched: {draws: 3}}}\n"
    ).text
    #expect(
      text == """
        tiny: 6 evaluation images, each with the baseline and 11 variants

        Tokens before the image, from the spec's token ids: 1, 4. The image's stand at positions 2 to 17.

        stage    of        trials    FLOP   time  on disk
        ───────  ────────  ──────  ──────  ─────  ───────
        extract  1 shard        1  1.88 M  0.0 s  14.8 kB
        fit      9 sites        9  19.8 M  0.0 s  4.70 kB
        sweep    6 images      72  23.8 M  0.0 s  32.9 kB
        total                  82  45.5 M  0.0 s  52.5 kB

        knockout  edit   windows   arms  variants  FLOP an image
        ────────  ─────  ────────  ────  ────────  ─────────────
        anchors   block  4 in 1-4     1         4          860 k
        all       open   1-4          7         7         2.62 M

        An evaluation image takes 3.97 MFLOP at most: encoder and connector 95.3 k, baseline 376 k, its probes 10.8 k, \
        variants 3.48 M. A full forward for each would take 5.78 MFLOP, 1.5 times as much.

        A worker maps 1.00 MB of weights, which the workers of a node share, and holds 206 kB of its own and 57.5 kB for \
        each variant that it walks together with others. Fitting a probe takes up to 7.05 kB instead.

        Time: 2 workers of 3 threads at 1.00 GFLOP/s a thread, 50.0 % of its float32 peak. Variants count \
        with every row behind their first query, and a softmax fit with 100 evaluations for each l2.
        """)
  }

  @Test(arguments: [
    (0, "0"), (512, "512"), (999.4, "999"), (999.6, "1.00 k"), (9_994, "9.99 k"), (12_345, "12.3 k"),
    (999_960, "1.00 M"),
    (123_456_789, "123 M"), (7.6e12, "7.60 T"), (3e21, "3000 E"),
  ])
  func `amounts have three digits and a prefix`(amount: Double, text: String) {
    #expect(Amount.text(amount, unit: "") == text)
  }
}
