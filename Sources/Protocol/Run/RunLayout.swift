import Catalog

/// Where everything lies in a run directory. Coordinator and workers share it.
///
/// | path | content |
/// |---|---|
/// | `experiment.json` | ``Experiment/canonicalJSON()``; written last when a run is created |
/// | `spec.yaml` | a copy of the spec, for people |
/// | `access.json` | how to reach the coordinator |
/// | `state/` | the index of outcomes, the keys, and who owns the run |
/// | `segments/` | the outcomes' payloads |
/// | `features/` | what `extract` wrote; needed until `fit` is complete |
/// | `probes/` | one safetensors file for each site, or `imported.safetensors` |
/// | `report/` | tables and figures |
/// | `export/` | results for other programs, once they were exported |
/// | `logs/` | what the coordinator and the workers of a local run say |
public struct RunLayout: Hashable, Sendable {
  /// Absolute path of the run directory.
  public let root: String

  /// Takes an absolute path.
  public init(root: String) { self.root = root }

  /// The resolved experiment.
  public var experiment: String { "\(root)/experiment.json" }
  /// The copy of the spec.
  public var spec: String { "\(root)/spec.yaml" }
  /// How to reach the coordinator.
  public var access: String { "\(root)/access.json" }
  /// The index and the owner.
  public var state: String { "\(root)/state" }
  /// The index of outcomes.
  public var database: String { "\(state)/run.sqlite" }
  /// Who owns the run.
  public var owner: String { "\(state)/owner.json" }
  /// Locked by the owner while it lives.
  public var lock: String { "\(state)/owner.lock" }
  /// The experiment that the run is being extended to.
  public var pendingExtension: String { "\(state)/extension.json" }
  /// The keys of those who may connect to its coordinator.
  public var keys: String { "\(state)/keys.json" }
  /// The payloads.
  public var segments: String { "\(root)/segments" }
  /// What `extract` wrote.
  public var features: String { "\(root)/features" }
  /// The probes.
  public var probes: String { "\(root)/probes" }
  /// The copy of an imported probe file.
  public var importedProbes: String { "\(probes)/imported.safetensors" }
  /// Tables and figures.
  public var report: String { "\(root)/report" }
  /// Results for other programs.
  public var export: String { "\(root)/export" }
  /// What a local run's processes say.
  public var logs: String { "\(root)/logs" }

  /// The directories that a run has from the beginning.
  public var directories: [String] { [state, segments, features, probes, report, logs] }

  /// The feature file with this digest: named by it, so that a file written twice, or by an attempt that came to nothing,
  /// disturbs nobody.
  public func features(_ digest: Digest) -> String { "\(features)/\(digest).safetensors" }

  /// The fitted probe of a site.
  public func probe(of site: Site) -> String { "\(probes)/\(site).safetensors" }

  /// A segment of payloads.
  public func segment(_ number: UInt32) -> String {
    let digits = String(number)
    return "\(segments)/\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).seg"
  }
}
