import Catalog
import Foundation
import Protocol

/// A run on disk, to be looked at: while a coordinator works on it, or after it ended or died.
public struct RunDirectory: Sendable {
  /// Where everything is.
  public let layout: RunLayout
  /// What the run is about.
  public let experiment: Experiment
  /// The digest that names it.
  public let digest: Digest

  /// Opens the run at `path` for reading. Throws if there is none, or one of an unknown format.
  public init(reading path: String) throws(RunDirectoryError) {
    layout = RunLayout(root: Self.absolute(path))
    guard let json = FileManager.default.contents(atPath: layout.experiment) else {
      throw RunDirectoryError(.missing, "\(path) is not a run directory: it has no experiment.json")
    }
    do {
      experiment = try Experiment(json: json)
      digest = try experiment.digest()
    } catch {
      throw RunDirectoryError(
        .notARun, "\(layout.experiment) can't be read by this version of rebound, or is damaged: \(error)")
    }
  }

  /// The run's outcomes. Throws if there are none yet.
  public func store() throws(StoreError) -> Store {
    let store = try Store.read(layout)
    guard store.experiment == digest else {
      throw StoreError(
        .extended,
        "\(layout.root) was being extended; run the same command again, or 'rebound extend' if that doesn't help"
      )
    }
    return store
  }

  /// The coordinator that works on the run now, or did when it died; nil if the last one ended in order.
  public var owner: RunOwner? { RunOwner(path: layout.owner) }

  static func absolute(_ path: String) -> String {
    let url = path.hasPrefix("/") ? URL(fileURLWithPath: path) : URL(fileURLWithPath: path, isDirectory: true)
    return url.standardizedFileURL.path
  }
}
