import Catalog
import Protocol

/// Puts outcomes into a NumPy archive: for each variant N an array `predictions_N` [image, site, image token], with its sites and
/// targets beside it, and what is common to all.
struct TokenArrays: TokenSink {
  private let layout: TokenArrayLayout
  private var archive: ZipArchive
  /// [variant]: images written.
  private var written: [Int]
  /// [variant][image], flat.
  private var computed: [Bool]
  /// Images whose gold labels are written.
  private var goldWritten = 0

  init(_ file: StagedFile, of experiment: Experiment, _ selection: ExportSelection, run: String) throws {
    layout = TokenArrayLayout(experiment, selection, run: run)
    archive = ZipArchive(file, members: layout.members)
    written = Array(repeating: 0, count: layout.variants.count)
    computed = Array(repeating: false, count: layout.variants.count * layout.images)
    for (member, header) in layout.headers { try archive.append(header.bytes, to: member) }
    for (member, array) in layout.common { try archive.append(array.file, to: member) }
  }

  mutating func add(_ outcome: TokenOutcome) throws {
    guard let variant = layout.position(of: outcome.variant) else { return }
    if variant == 0 {
      try fillGold(upTo: outcome.image)
      try archive.append(layout.labels(outcome.baseline.gold), to: layout.gold)
      goldWritten += 1
    }
    try fill(variant, upTo: outcome.image)
    for site in layout.sites[variant] {
      let predictions = outcome.results.predictions(at: site)
      try archive.append(predictions.map(layout.labels) ?? layout.nothing, to: layout.predictions(variant))
    }
    var targets = [UInt8](repeating: 0, count: layout.tokens)
    for token in outcome.results.targets { targets[Int(token)] = 1 }
    try archive.append(targets, to: layout.targets(variant))
    computed[variant * layout.images + outcome.image] = true
    written[variant] += 1
  }

  mutating func finish() throws {
    try fillGold(upTo: layout.images)
    for variant in layout.variants.indices { try fill(variant, upTo: layout.images) }
    let shape = [layout.variants.count, layout.images]
    try archive.append(NPYArray.flags(computed, shape: shape).elements, to: layout.computed)
    try archive.finish()
  }

  /// Images without an outcome have void predictions and no target.
  private mutating func fill(_ variant: Int, upTo image: Int) throws {
    while written[variant] < image {
      for _ in layout.sites[variant] { try archive.append(layout.nothing, to: layout.predictions(variant)) }
      try archive.append([UInt8](repeating: 0, count: layout.tokens), to: layout.targets(variant))
      written[variant] += 1
    }
  }

  private mutating func fillGold(upTo image: Int) throws {
    while goldWritten < image {
      try archive.append(layout.nothing, to: layout.gold)
      goldWritten += 1
    }
  }
}
