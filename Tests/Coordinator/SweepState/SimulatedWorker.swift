import Catalog
import Protocol

@testable import Coordinator

/// A worker's process as its coordinator sees it, with a link that resends and begins new sessions.
struct SimulatedWorker {
  let process: Int
  let host: String
  /// Cut off from the network for a while.
  var isIsolated = false
  /// The session of the moment; nil while it says hello.
  var welcome: ToWorker.Welcome?
  /// Counts sessions, so that what belonged to an earlier one is void.
  var session = 0
  var isReady = false
  var leases: [Lease] = []
  /// Unfinished variants of each lease.
  var open: [LeaseID: [UInt32]] = [:]
  var wave: [TrialID] = []
  /// Outcomes without acknowledgement.
  var pending: [TrialID: EncodedOutcome] = [:]
  var resendAt = 0
  var lastHeard = 0
  var isDraining = false
  /// When its walltime ends; nil where it has none.
  var leavesAt: Int?

  init(process: Int, host: String) {
    self.process = process
    self.host = host
  }

  /// A new session: what was held is void; results are kept.
  mutating func attach(_ welcome: ToWorker.Welcome) {
    self.welcome = welcome
    session += 1
    isReady = false
    leases.removeAll()
    open.removeAll()
    wave.removeAll()
    resendAt = 0
  }

  mutating func finish(_ lease: LeaseID, _ variant: UInt32) {
    open[lease]?.removeAll { $0 == variant }
    guard open[lease]?.isEmpty == true else { return }
    open[lease] = nil
    leases.removeAll { $0.id == lease }
  }
}
