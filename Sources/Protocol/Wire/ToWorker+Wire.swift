import CSweep
import Catalog
import Foundation

extension ToWorker {
  /// The frame that carries the message; throws where a receiver would refuse it.
  public func encoded() throws(WireError) -> Data {
    let arena = MessageArena()
    let message = arena.message(sweep__to_worker__init)
    switch self {
    case .welcome(let welcome):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_WELCOME
      message.pointee.welcome = try welcome.wire(in: arena)
    case .refused(let reason):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_REFUSED
      message.pointee.refused = arena.message(sweep__refused__init)
      try WireReading.require(!reason.isEmpty, "refused.reason", "is missing")
      message.pointee.refused.pointee.reason = arena.sentence(reason)
    case .lease(let lease):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_LEASE
      message.pointee.lease = try lease.wire(in: arena)
    case .acknowledged(let trials):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_ACKNOWLEDGED
      message.pointee.acknowledged = arena.message(sweep__acknowledged__init)
      (message.pointee.acknowledged.pointee.n_trials, message.pointee.acknowledged.pointee.trials) = try trials.wire(
        in: arena, "acknowledged.trials")
    case .takeBack(let lease, let trials):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_TAKE_BACK
      message.pointee.take_back = arena.message(sweep__take_back__init)
      message.pointee.take_back.pointee.lease = lease.number
      (message.pointee.take_back.pointee.n_trials, message.pointee.take_back.pointee.trials) = try trials.wire(
        in: arena, "take_back.trials")
    case .artifact(let piece):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_ARTIFACT
      message.pointee.artifact = try piece.wire(in: arena)
    case .drain(let reason):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_DRAIN
      message.pointee.drain = arena.message(sweep__drain__init)
      message.pointee.drain.pointee.reason = arena.sentence(reason)
    case .status(let json):
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_STATUS
      message.pointee.status = arena.message(sweep__status__init)
      try WireReading.require(
        json.count <= WireLimits.status, "status.json", "is longer than \(WireLimits.status) bytes")
      message.pointee.status.pointee.json = arena.bytes(json)
    case .unknownWorker:
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_UNKNOWN_WORKER
      message.pointee.unknown_worker = arena.message(sweep__unknown_worker__init)
    case .heartbeat:
      message.pointee.body_case = SWEEP__TO_WORKER__BODY_HEARTBEAT
      message.pointee.heartbeat = arena.message(sweep__heartbeat__init)
    }
    return try Envelope.seal(message.packed())
  }

  /// Reads a frame that the coordinator sent.
  public init(frame: Data) throws(WireError) {
    self = try unpack(
      Envelope.open(frame), with: sweep__to_worker__unpack, release: sweep__to_worker__free_unpacked,
      read: { wire throws(WireError) in try ToWorker(wire) })
  }

  private init(_ wire: Sweep__ToWorker) throws(WireError) {
    switch wire.body_case {
    case SWEEP__TO_WORKER__BODY_WELCOME:
      self = .welcome(try Welcome(WireReading.message(wire.welcome, "welcome")))
    case SWEEP__TO_WORKER__BODY_REFUSED:
      self = .refused(try WireReading.text(WireReading.message(wire.refused, "refused").reason, "refused.reason"))
    case SWEEP__TO_WORKER__BODY_LEASE:
      self = .lease(try Lease(WireReading.message(wire.lease, "lease")))
    case SWEEP__TO_WORKER__BODY_ACKNOWLEDGED:
      let acknowledged = try WireReading.message(wire.acknowledged, "acknowledged")
      self = .acknowledged(try [TrialID](acknowledged.trials, acknowledged.n_trials, "acknowledged.trials"))
    case SWEEP__TO_WORKER__BODY_TAKE_BACK:
      let takeBack = try WireReading.message(wire.take_back, "take_back")
      self = .takeBack(
        LeaseID(takeBack.lease), try [TrialID](takeBack.trials, takeBack.n_trials, "take_back.trials"))
    case SWEEP__TO_WORKER__BODY_ARTIFACT:
      self = .artifact(try ArtifactPiece(WireReading.message(wire.artifact, "artifact")))
    case SWEEP__TO_WORKER__BODY_DRAIN:
      let reason = try WireReading.message(wire.drain, "drain").reason
      self = .drain(reason: try WireReading.text(reason, "drain.reason", allowEmpty: true))
    case SWEEP__TO_WORKER__BODY_STATUS:
      let json = try WireReading.message(wire.status, "status").json
      self = .status(try WireReading.bytes(json, "status.json", atMost: WireLimits.status))
    case SWEEP__TO_WORKER__BODY_UNKNOWN_WORKER: self = .unknownWorker
    case SWEEP__TO_WORKER__BODY_HEARTBEAT: self = .heartbeat
    default: throw WireError(field: "to_worker.body", "is missing or unknown")
    }
  }
}
