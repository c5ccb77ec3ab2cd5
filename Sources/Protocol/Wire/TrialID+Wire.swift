import CSweep
import Catalog

extension TrialID {
  func wire(in arena: MessageArena) -> UnsafeMutablePointer<Sweep__TrialID> {
    let message = arena.message(sweep__trial_id__init)
    message.pointee.stage = stage.wire
    message.pointee.unit = unit
    message.pointee.variant = variant
    return message
  }

  init(_ wire: Sweep__TrialID, _ field: String) throws(WireError) {
    let stage = try Stage(wire.stage, "\(field).stage")
    try WireReading.require(
      stage == .sweep || wire.variant == 0, "\(field).variant", "is \(wire.variant), but only sweep has variants")
    self.init(stage: stage, unit: wire.unit, variant: wire.variant)
  }
}

extension Stage {
  var wire: Sweep__Stage {
    switch self {
    case .extract: SWEEP__STAGE__STAGE_EXTRACT
    case .fit: SWEEP__STAGE__STAGE_FIT
    case .sweep: SWEEP__STAGE__STAGE_SWEEP
    }
  }

  init(_ wire: Sweep__Stage, _ field: String) throws(WireError) {
    switch wire {
    case SWEEP__STAGE__STAGE_EXTRACT: self = .extract
    case SWEEP__STAGE__STAGE_FIT: self = .fit
    case SWEEP__STAGE__STAGE_SWEEP: self = .sweep
    default: throw WireError(field: field, "is \(wire.rawValue), which is not a stage")
    }
  }
}

/// Lists of trials: how many there are, and a C array of them.
extension [TrialID] {
  func wire(
    in arena: MessageArena, _ field: String
  ) throws(WireError) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Sweep__TrialID>?>) {
    try WireReading.require(!isEmpty, field, "is missing")
    try WireReading.require(
      count <= WireLimits.trials, field, "has \(count) elements, at most \(WireLimits.trials) are allowed")
    return (count, arena.array(map { $0.wire(in: arena) }))
  }

  init(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<Sweep__TrialID>?>?, _ count: Int, _ field: String
  ) throws(WireError) {
    self = try WireReading.list(start, count, field, atMost: WireLimits.trials) { trial throws(WireError) in
      try TrialID(trial.pointee, field)
    }
    try WireReading.require(!isEmpty, field, "is missing")
  }
}
