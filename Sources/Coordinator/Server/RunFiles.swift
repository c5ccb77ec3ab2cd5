import Catalog
import Foundation
import Logging
import Protocol

/// The files of a run that stand for outcomes: features and probes.
struct RunFiles {
  private let run: OwnedRun
  private(set) var shelf = ArtifactShelf()
  /// The digest of the imported probe file, where probes are imported.
  private(set) var importedProbes: Digest?

  /// Makes the files fit the committed outcomes: writes lost probe files again, and forgets outcomes whose feature files are
  /// lost while they are still needed, so that they are computed again. Copies imported probes into the run, and first of all
  /// takes over what fits of the runs that are to be reused.
  init(_ run: OwnedRun, reusing others: [String], adopted: (Adopted) -> Void, logger: Logger) throws {
    self.run = run
    try importProbes()
    for other in others {
      do {
        adopted(try Adoption(run: run, importedProbes: importedProbes).adopt(from: RunDirectory(reading: other)))
      } catch let error as RunDirectoryError {
        throw RunFailure(description: "reuse: \(error); correct 'reuse' in the spec, or leave it out")
      }
    }
    try forgetLostFeatures(logger)
    try run.store.forEachOutcome(of: .fit) { outcome in
      if case .probe(let probe) = outcome.payload { try keep(probe.file, of: outcome.trial) }
    }
  }

  /// A fitted probe is durable: it becomes a file, for workers and for people.
  mutating func keep(_ outcome: EncodedOutcome) throws {
    guard outcome.trial.stage == .fit,
      case .probe(let probe) = try Outcome.Payload(encoded: outcome.payload, of: .fit)
    else { return }
    try keep(probe.file, of: outcome.trial)
  }

  private mutating func keep(_ file: Data, of trial: TrialID) throws {
    guard run.experiment.probes.sites.indices.contains(Int(trial.unit)) else { return }
    let path = run.layout.probe(of: run.experiment.probes.sites[Int(trial.unit)])
    let digest = Digest(of: file)
    if FileManager.default.contents(atPath: path).map({ Digest(of: $0) }) != digest {
      do { try AtomicFile.write(file, to: path) } catch let error as AtomicFileError { throw error.storeError }
    }
    CrashPoint.probeWritten.pass()
    shelf.put(digest, at: path)
  }

  private mutating func importProbes() throws {
    guard run.experiment.probes.method == .imported else { return }
    let copy = run.layout.importedProbes
    if !FileManager.default.fileExists(atPath: copy) {
      let source = run.experiment.probes.file ?? ""
      guard let data = try? Data(contentsOf: URL(fileURLWithPath: source), options: .mappedIfSafe) else {
        throw RunFailure(
          description: "the probe file '\(source)' can't be read; correct 'probes: {import: …}' in the spec")
      }
      do { try AtomicFile.write(data, to: copy) } catch let error as AtomicFileError { throw error.storeError }
    }
    let digest = Digest(of: try Data(contentsOf: URL(fileURLWithPath: copy), options: .mappedIfSafe))
    shelf.put(digest, at: copy)
    importedProbes = digest
  }

  private func forgetLostFeatures(_ logger: Logger) throws {
    guard try run.store.committed(in: .fit) < run.experiment.units(of: .fit) else { return }
    var lost: [TrialID] = []
    try run.store.forEachOutcome(of: .extract) { outcome in
      guard case .features(let file) = outcome.payload else { return }
      var status = stat()
      let isThere = stat(run.layout.features(file.digest), &status) == 0 && UInt64(max(0, status.st_size)) == file.bytes
      if !isThere { lost.append(outcome.trial) }
    }
    guard !lost.isEmpty else { return }
    logger.warning("feature files are missing and will be computed again", metadata: ["trials": "\(lost.count)"])
    try run.store.forget(lost)
  }
}
