import Catalog
import Protocol

/// Which arrays an archive of tokens has, and where they stand in it.
struct TokenArrayLayout {
  let images: Int
  let tokens: Int
  /// nil is the baseline, which is the first.
  let variants: [Variant?]
  /// [variant], the sites exported.
  let sites: [[Site]]
  /// Members that are whole from the start.
  let common: [(member: Int, array: NPYArray)]
  /// Members that are filled as outcomes come: their headers.
  let headers: [(member: Int, header: NPYHeader)]
  let members: [(name: String, size: UInt64)]
  private let positions: [Int: Int]
  /// One byte a label, or two.
  private let isNarrow: Bool

  /// Members `computed`, `gold`, and then predictions and targets of each variant.
  let computed = 0
  let gold = 1
  func predictions(_ variant: Int) -> Int { 2 + 2 * variant }
  func targets(_ variant: Int) -> Int { 3 + 2 * variant }

  init(_ experiment: Experiment, _ selection: ExportSelection, run: String) {
    let data = experiment.data
    images = data.evaluate.count
    tokens = experiment.model.grid.tokens
    let variants = selection.variants(of: experiment)
    self.variants = variants
    sites = variants.map { selection.sites(of: $0, in: experiment) }
    positions = Dictionary(uniqueKeysWithValues: variants.enumerated().map { ($1?.index ?? 0, $0) })
    isNarrow = data.classes.count <= 255
    let (label, width) = isNarrow ? ("|u1", 1) : ("<u2", 2)
    var filled: [(String, NPYHeader)] = [
      ("computed", NPYHeader(type: "|b1", width: 1, shape: [variants.count, images])),
      ("gold", NPYHeader(type: label, width: width, shape: [images, tokens])),
    ]
    for (variant, sites) in sites.enumerated() {
      filled.append(
        ("predictions_\(variant)", NPYHeader(type: label, width: width, shape: [images, sites.count, tokens])))
      filled.append(("target_\(variant)", NPYHeader(type: "|b1", width: 1, shape: [images, tokens])))
    }
    let grid = experiment.model.grid
    let arms = variants.map(ExportedArm.of)
    let whole: [(String, NPYArray)] =
      [
        ("run", .texts([run], shape: [])), ("reference", .texts([experiment.reference.description], shape: [])),
        ("grid", .integers([grid.rows, grid.columns])), ("image", .texts(data.evaluate.map(\.name))),
        ("cluster", .texts(data.evaluate.map(\.cluster))), ("classes", .texts(data.classes)),
        ("knockout", .texts(variants.map { $0.map { experiment.knockouts[$0.knockout].name } ?? "" })),
        ("arm", .texts(arms.map(\.arm.description))), ("draw", .integers(arms.map(\.draw))),
        ("first_layer", .integers(variants.map { $0?.window.first ?? 0 })),
        ("last_layer", .integers(variants.map { $0?.window.last ?? 0 })),
      ] + sites.enumerated().map { ("sites_\($0)", .texts($1.map(\.description))) }
    headers = filled.enumerated().map { ($0, $1.1) }
    common = whole.enumerated().map { (filled.count + $0, $1.1) }
    members =
      filled.map { ("\($0.0).npy", $0.1.fileSize) } + whole.map { ("\($0.0).npy", $0.1.header.fileSize) }
  }

  /// Where a variant stands among the exported ones; nil if it is not exported.
  func position(of variant: Variant?) -> Int? { positions[variant?.index ?? 0] }

  /// Labels as they stand in an array; all bits set is void.
  func labels(_ labels: [UInt16]) -> [UInt8] {
    if isNarrow { return labels.map { UInt8(truncatingIfNeeded: $0) } }
    return labels.withUnsafeBytes { Array($0) }
  }

  /// Void labels of one site.
  var nothing: [UInt8] { labels(Array(repeating: CellResults.void, count: tokens)) }
}
