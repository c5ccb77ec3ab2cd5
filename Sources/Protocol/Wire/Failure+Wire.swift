import CSweep

extension ToCoordinator.Failure {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__Failed> {
    let message = arena.message(sweep__failed__init)
    message.pointee.lease = lease.number
    (message.pointee.n_trials, message.pointee.trials) = try trials.wire(in: arena, "failed.trials")
    message.pointee.blame = blame.wire
    message.pointee.message = arena.sentence(self.message)
    return message
  }

  init(_ wire: Sweep__Failed) throws(WireError) {
    self.init(
      lease: LeaseID(wire.lease), trials: try [TrialID](wire.trials, wire.n_trials, "failed.trials"),
      blame: try Blame(wire.blame), message: try WireReading.text(wire.message, "failed.message", allowEmpty: true))
  }
}

extension ToCoordinator.Failure.Blame {
  fileprivate var wire: Sweep__Failed__Blame {
    switch self {
    case .trials: SWEEP__FAILED__BLAME__BLAME_TRIALS
    case .host: SWEEP__FAILED__BLAME__BLAME_HOST
    }
  }

  fileprivate init(_ wire: Sweep__Failed__Blame) throws(WireError) {
    switch wire {
    case SWEEP__FAILED__BLAME__BLAME_TRIALS: self = .trials
    case SWEEP__FAILED__BLAME__BLAME_HOST: self = .host
    default: throw WireError(field: "failed.blame", "is \(wire.rawValue), which is nobody to blame")
    }
  }
}
