import CSweep
import Catalog
import Foundation

extension ToCoordinator {
  /// The frame that carries the message; throws where a receiver would refuse it.
  public func encoded() throws(WireError) -> Data {
    let arena = MessageArena()
    let message = arena.message(sweep__to_coordinator__init)
    switch self {
    case .hello(let hello):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_HELLO
      message.pointee.hello = try hello.wire(in: arena)
    case .ready(let ready):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_READY
      message.pointee.ready = arena.message(sweep__ready__init)
      message.pointee.ready.pointee.model = arena.bytes(ready.model.bytes)
      message.pointee.ready.pointee.credits = try Self.credits(ready.credits, "ready.credits")
    case .credits(let leases):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_CREDITS
      message.pointee.credits = arena.message(sweep__credits__init)
      message.pointee.credits.pointee.leases = try Self.credits(leases, "credits.leases")
    case .heartbeat:
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_HEARTBEAT
      message.pointee.heartbeat = arena.message(sweep__heartbeat__init)
    case .progress(let lease):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_PROGRESS
      message.pointee.progress = arena.message(sweep__progress__init)
      message.pointee.progress.pointee.lease = lease.number
    case .outcomes(let outcomes):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_OUTCOMES
      message.pointee.outcomes = try Self.wire(outcomes, in: arena)
    case .failed(let failure):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_FAILED
      message.pointee.failed = try failure.wire(in: arena)
    case .handBack(let lease, let trials):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_HAND_BACK
      message.pointee.hand_back = arena.message(sweep__hand_back__init)
      message.pointee.hand_back.pointee.lease = lease.number
      (message.pointee.hand_back.pointee.n_trials, message.pointee.hand_back.pointee.trials) = try trials.wire(
        in: arena, "hand_back.trials")
    case .fetch(let digest, let offset):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_FETCH
      message.pointee.fetch = arena.message(sweep__fetch__init)
      message.pointee.fetch.pointee.digest = arena.bytes(digest.bytes)
      message.pointee.fetch.pointee.offset = offset
    case .goodbye(let reason):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_GOODBYE
      message.pointee.goodbye = arena.message(sweep__goodbye__init)
      message.pointee.goodbye.pointee.reason = arena.sentence(reason)
    case .statusRequest:
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_STATUS_REQUEST
      message.pointee.status_request = arena.message(sweep__status_request__init)
    case .control(let command):
      message.pointee.body_case = SWEEP__TO_COORDINATOR__BODY_CONTROL
      message.pointee.control = arena.message(sweep__control__init)
      message.pointee.control.pointee.command = Sweep__Control__Command(UInt32(command.rawValue))
    }
    return try Envelope.seal(message.packed())
  }

  /// Reads a frame that a worker, or somebody who asks for the status, sent.
  public init(frame: Data) throws(WireError) {
    self = try unpack(
      Envelope.open(frame), with: sweep__to_coordinator__unpack, release: sweep__to_coordinator__free_unpacked,
      read: { wire throws(WireError) in try ToCoordinator(wire) })
  }

  private init(_ wire: Sweep__ToCoordinator) throws(WireError) {
    switch wire.body_case {
    case SWEEP__TO_COORDINATOR__BODY_HELLO:
      self = .hello(try Hello(WireReading.message(wire.hello, "hello")))
    case SWEEP__TO_COORDINATOR__BODY_READY:
      let ready = try WireReading.message(wire.ready, "ready")
      self = .ready(
        Ready(
          model: try WireReading.digest(ready.model, "ready.model"),
          credits: try Self.credits(ready.credits, "ready.credits")))
    case SWEEP__TO_COORDINATOR__BODY_CREDITS:
      self = .credits(try Self.credits(WireReading.message(wire.credits, "credits").leases, "credits.leases"))
    case SWEEP__TO_COORDINATOR__BODY_HEARTBEAT: self = .heartbeat
    case SWEEP__TO_COORDINATOR__BODY_PROGRESS:
      self = .progress(LeaseID(try WireReading.message(wire.progress, "progress").lease))
    case SWEEP__TO_COORDINATOR__BODY_OUTCOMES:
      self = .outcomes(try Self.outcomes(WireReading.message(wire.outcomes, "outcomes")))
    case SWEEP__TO_COORDINATOR__BODY_FAILED:
      self = .failed(try Failure(WireReading.message(wire.failed, "failed")))
    case SWEEP__TO_COORDINATOR__BODY_HAND_BACK:
      let handBack = try WireReading.message(wire.hand_back, "hand_back")
      self = .handBack(
        LeaseID(handBack.lease), try [TrialID](handBack.trials, handBack.n_trials, "hand_back.trials"))
    case SWEEP__TO_COORDINATOR__BODY_FETCH:
      let fetch = try WireReading.message(wire.fetch, "fetch")
      self = .fetch(try WireReading.digest(fetch.digest, "fetch.digest"), offset: fetch.offset)
    case SWEEP__TO_COORDINATOR__BODY_GOODBYE:
      let reason = try WireReading.message(wire.goodbye, "goodbye").reason
      self = .goodbye(reason: try WireReading.text(reason, "goodbye.reason", allowEmpty: true))
    case SWEEP__TO_COORDINATOR__BODY_STATUS_REQUEST: self = .statusRequest
    case SWEEP__TO_COORDINATOR__BODY_CONTROL:
      let number = try WireReading.message(wire.control, "control").command.rawValue
      guard let command = UInt8(exactly: number).flatMap({ ControlCommand(rawValue: $0) }) else {
        throw WireError(field: "control.command", "is missing or unknown")
      }
      self = .control(command)
    default: throw WireError(field: "to_coordinator.body", "is missing or unknown")
    }
  }

  private static func credits(_ number: UInt32, _ field: String) throws(WireError) -> UInt32 {
    try WireReading.require(
      number <= WireLimits.credits, field, "is \(number), at most \(WireLimits.credits) are allowed")
    return number
  }

  private static func wire(
    _ outcomes: [Outcome], in arena: MessageArena
  ) throws(WireError) -> UnsafeMutablePointer<Sweep__Outcomes> {
    try WireReading.require(
      (1...WireLimits.outcomes).contains(outcomes.count), "outcomes",
      "has \(outcomes.count) elements, not 1 to \(WireLimits.outcomes)")
    let message = arena.message(sweep__outcomes__init)
    var pointers: [UnsafeMutablePointer<Sweep__Outcome>?] = []
    for outcome in outcomes { pointers.append(try outcome.wire(in: arena)) }
    message.pointee.n_outcomes = pointers.count
    message.pointee.outcomes = arena.array(pointers)
    return message
  }

  private static func outcomes(_ wire: Sweep__Outcomes) throws(WireError) -> [Outcome] {
    let outcomes = try WireReading.list(wire.outcomes, wire.n_outcomes, "outcomes", atMost: WireLimits.outcomes) {
      outcome throws(WireError) in try Outcome(outcome.pointee)
    }
    try WireReading.require(!outcomes.isEmpty, "outcomes", "is missing")
    return outcomes
  }
}
