import Catalog
import Compute
import Foundation
import Logging
import Protocol

/// What the worker's computing thread does: takes messages between waves, and works through its leases.
final class WorkLoop {
  private let link: CoordinatorLink
  private let resources: SweepWorker.Resources
  private let logger: Logger
  private let stopReason: () -> String?
  private var session: WorkSession?
  private var artifacts: ArtifactCache?
  private var epoch: Epoch?
  private var queue: [Lease] = []
  /// Trials that the coordinator took back before they were begun.
  private var takenBack: [LeaseID: Set<TrialID>] = [:]
  private var drainReason: String?
  /// Counts welcomes: leases of an earlier one are void.
  private var generation = 0
  /// Trials of the latest lease whose outcomes were delivered.
  private var delivered: Set<TrialID> = []
  /// Those of them that were at work when a new session began: its first lease asks for them again.
  private var carried: Set<TrialID> = []

  /// How many leases are held beside the one at work.
  private static let prefetch: UInt32 = 1

  init(link: CoordinatorLink, resources: SweepWorker.Resources, logger: Logger, stopReason: @escaping () -> String?) {
    self.link = link
    self.resources = resources
    self.logger = logger
    self.stopReason = stopReason
  }

  /// Works until drained; returns the reason.
  func run() throws -> String {
    while true {
      try listen(patience: queue.isEmpty ? .milliseconds(200) : .zero)
      if let reason = reasonToLeave {
        for lease in queue { try link.send(.handBack(lease.id, lease.trials)) }
        queue = []
        try leaveNothing()
        return reason
      }
      guard let session, !queue.isEmpty else { continue }
      let lease = queue.removeFirst()
      try perform(lease, in: session)
      takenBack[lease.id] = nil
      link.hold([])
      try link.send(.credits(1))
    }
  }

  /// Waits for the last acknowledgements. What the coordinator can't take now waits in the spool for another worker.
  private func leaveNothing() throws {
    if try link.flush(timeout: resources.scratch == nil ? .seconds(60) : .seconds(10)) { return }
    if let scratch = resources.scratch, link.spill() {
      logger.warning(
        "outcomes that the coordinator has not taken are kept; the run's next worker on this host sends them",
        metadata: ["directory": "\(scratch.spool)"])
    } else {
      logger.error("outcomes that the coordinator has not taken are lost, and will be computed again")
    }
  }

  /// Why the worker should leave, if it should.
  private var reasonToLeave: String? {
    if let reason = drainReason ?? stopReason() { return reason }
    guard let walltime = resources.walltime, !walltime.allows(wave: session?.waveDuration ?? .zero, at: .now) else {
      return nil
    }
    return "the worker's walltime ends"
  }

  /// Takes all waiting messages; waits at most `patience` for the first.
  private func listen(patience: Duration) throws {
    var patience = patience
    while let message = try link.receive(timeout: patience) {
      patience = .zero
      switch message {
      case .welcome(let welcome): try begin(welcome)
      case .lease(let lease): queue.append(lease)
      case .takeBack(let lease, let trials): takenBack[lease, default: []].formUnion(trials)
      case .drain(let reason): drainReason = reason
      default: break
      }
    }
  }

  /// A new session with the coordinator: what was leased before is void, what was computed is kept by the link.
  private func begin(_ welcome: ToWorker.Welcome) throws {
    queue = []
    takenBack = [:]
    carried = delivered.intersection(link.claimed)
    generation += 1
    epoch = welcome.epoch
    if let session {
      guard try session.experiment.canonicalJSON() == welcome.experiment else {
        throw WorkError("the coordinator has begun another experiment; start the worker again")
      }
    } else {
      session = try WorkSession(welcome, threads: resources.threads)
      openScratch(for: Digest(of: welcome.experiment))
    }
    guard let session else { return }
    let identity = try ModelIdentity.digest(directory: session.experiment.model.directory)
    try link.send(.ready(.init(model: identity, credits: 1 + Self.prefetch)))
  }

  /// Without a place on the disk the worker goes on all the same.
  private func openScratch(for run: Digest) {
    guard let scratch = resources.scratch else { return }
    do {
      artifacts = try ArtifactCache(in: scratch.artifacts)
      link.use(try Spool(in: scratch.spool, of: run, limit: scratch.spoolBytes))
    } catch {
      logger.warning("nothing is kept on this host's disk", metadata: ["reason": "\(error)"])
    }
  }

  private func fetch(_ digest: Digest) throws -> Data {
    let download = { [link] in try link.fetch(digest, timeout: .seconds(120)) }
    return try artifacts?.artifact(digest, fetch: download) ?? download()
  }

  private func perform(_ lease: Lease, in session: WorkSession) throws {
    let task = LeaseTask(lease: lease, session: session, memory: resources.memory)
    let begun = generation
    let skipped = carried
    (carried, delivered) = ([], [])
    link.hold(lease.trials)
    do {
      try task.run(
        fetch: fetch,
        deliver: { [self] outcomes in
          try link.submit(outcomes)
          delivered.formUnion(outcomes.map(\.trial))
          link.hold(lease.trials.filter { !delivered.contains($0) })
          try link.send(.progress(lease.id))
        },
        mayGoOn: { [self] in
          try listen(patience: .zero)
          return generation == begun && reasonToLeave == nil
        },
        isWanted: { [self] in takenBack[lease.id]?.contains($0) != true && !skipped.contains($0) })
      let open = task.unfinished.filter { takenBack[lease.id]?.contains($0) != true && !skipped.contains($0) }
      if !open.isEmpty, generation == begun { try link.send(.handBack(lease.id, open)) }
    } catch let failure as TrialFailure {
      logger.warning("\(failure.message)", metadata: ["lease": "\(lease.id.number)"])
      try link.send(
        .failed(.init(lease: lease.id, trials: failure.trials, blame: failure.blame, message: failure.message)))
      let rest = task.unfinished.filter { !failure.trials.contains($0) }
      if !rest.isEmpty { try link.send(.handBack(lease.id, rest)) }
      // Nothing that this process has mapped of such a file comes back.
      try MappedFiles.check()
    }
  }
}

/// Trials that could not be computed, and whom that blames.
struct TrialFailure: Error {
  let trials: [TrialID]
  let blame: ToCoordinator.Failure.Blame
  let message: String
}
