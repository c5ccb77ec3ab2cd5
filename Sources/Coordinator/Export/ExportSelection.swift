import Catalog

/// Which part of a run is exported. The baseline always is.
public struct ExportSelection: Sendable {
  private let knockouts: Set<String>
  private let sites: Set<Site>
  private let controls: Bool

  /// - Parameters:
  ///   - knockouts: names of knockouts; empty: all.
  ///   - sites: names of probed sites; empty: all.
  ///   - controls: whether to export the control's arms beside the treatment.
  ///
  /// Throws if the experiment has no such knockout or site.
  public init(
    knockouts: [String] = [], sites: [String] = [], controls: Bool = true, of experiment: Experiment
  ) throws(ExportError) {
    let probed = experiment.probes.sites.map(\.description)
    try Self.require(sites, among: probed, "site")
    try Self.require(knockouts, among: experiment.knockouts.map(\.name), "knockout")
    self.knockouts = Set(knockouts)
    self.sites = Set(sites.compactMap { Site($0) })
    self.controls = controls
  }

  private static func require(_ names: [String], among known: [String], _ what: String) throws(ExportError) {
    for name in names where !known.contains(name) {
      let suggestion = Nearest.suggestion(for: name, among: known)
      let shown = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
      let all = known.isEmpty ? "; it has none" : "; it has \(shown)"
      throw ExportError("the run has no \(what) '\(name)'" + (suggestion.isEmpty ? all : suggestion))
    }
  }

  func includes(_ site: Site) -> Bool { sites.isEmpty || sites.contains(site) }

  func includes(knockout: String) -> Bool { knockouts.isEmpty || knockouts.contains(knockout) }

  /// The exported variants in order; nil is the baseline.
  func variants(of experiment: Experiment) -> [Variant?] {
    [nil]
      + experiment.variants.filter {
        includes(knockout: experiment.knockouts[$0.knockout].name) && (controls || $0.arm == .treatment)
      }
  }

  /// The exported sites of a variant, ascending.
  func sites(of variant: Variant?, in experiment: Experiment) -> [Site] {
    (variant.map { experiment.sites(behind: $0.window) } ?? experiment.probes.sites).filter(includes)
  }
}
