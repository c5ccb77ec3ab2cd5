import CSweep
import Catalog
import Foundation

extension Outcome {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__Outcome> {
    try validate()
    let message = arena.message(sweep__outcome__init)
    message.pointee.trial = trial.wire(in: arena)
    message.pointee.lease = lease.number
    message.pointee.epoch = epoch.number
    message.pointee.attempt = attempt
    message.pointee.inputs = arena.bytes(inputs.bytes)
    message.pointee.seconds = seconds
    switch payload {
    case .features(let features):
      message.pointee.payload_case = SWEEP__OUTCOME__PAYLOAD_FEATURES
      message.pointee.features = features.wire(in: arena)
    case .probe(let probe):
      message.pointee.payload_case = SWEEP__OUTCOME__PAYLOAD_PROBE
      message.pointee.probe = try probe.wire(in: arena)
    case .cells(let cells):
      message.pointee.payload_case = SWEEP__OUTCOME__PAYLOAD_CELLS
      message.pointee.cells = try cells.wire(in: arena)
    }
    return message
  }

  init(_ wire: Sweep__Outcome) throws(WireError) {
    let payload: Payload
    switch wire.payload_case {
    case SWEEP__OUTCOME__PAYLOAD_FEATURES:
      payload = .features(try FeatureFile(WireReading.message(wire.features, "outcome.features")))
    case SWEEP__OUTCOME__PAYLOAD_PROBE:
      payload = .probe(try FittedProbe(WireReading.message(wire.probe, "outcome.probe")))
    case SWEEP__OUTCOME__PAYLOAD_CELLS:
      payload = .cells(try CellResults(WireReading.message(wire.cells, "outcome.cells")))
    default:
      throw WireError(field: "outcome.payload", "is missing")
    }
    self.init(
      trial: try TrialID(WireReading.message(wire.trial, "outcome.trial"), "outcome.trial"),
      lease: LeaseID(wire.lease), epoch: Epoch(wire.epoch), attempt: wire.attempt,
      inputs: try WireReading.digest(wire.inputs, "outcome.inputs"), payload: payload, seconds: wire.seconds)
    try validate()
  }

  private func validate() throws(WireError) {
    try WireReading.require(attempt >= 1, "outcome.attempt", "must be at least 1")
    try WireReading.require(
      seconds.isFinite && seconds >= 0, "outcome.seconds", "is \(seconds), which is not a duration")
    try WireReading.require(
      payload.stage == trial.stage, "outcome.payload", "is one of stage \(payload.stage), but the trial is \(trial)")
  }
}

extension Outcome.Payload {
  /// The stage whose trials return such a payload.
  public var stage: Stage {
    switch self {
    case .features: .extract
    case .probe: .fit
    case .cells: .sweep
    }
  }

  /// The payload alone as bytes, for keeping: equal payloads have equal bytes.
  public func encoded() throws(WireError) -> Data {
    let arena = MessageArena()
    return switch self {
    case .features(let features): features.wire(in: arena).packed()
    case .probe(let probe): try probe.wire(in: arena).packed()
    case .cells(let cells): try cells.wire(in: arena).packed()
    }
  }

  /// Reads ``encoded()`` of a payload of `stage` back.
  public init(encoded: Data, of stage: Stage) throws(WireError) {
    switch stage {
    case .extract:
      self = .features(
        try unpack(
          encoded, with: sweep__feature_file__unpack, release: sweep__feature_file__free_unpacked,
          read: { wire throws(WireError) in try Outcome.FeatureFile(wire) }))
    case .fit:
      self = .probe(
        try unpack(
          encoded, with: sweep__fitted_probe__unpack, release: sweep__fitted_probe__free_unpacked,
          read: { wire throws(WireError) in try Outcome.FittedProbe(wire) }))
    case .sweep:
      self = .cells(
        try unpack(
          encoded, with: sweep__cell_results__unpack, release: sweep__cell_results__free_unpacked,
          read: { wire throws(WireError) in try CellResults(wire) }))
    }
  }

  /// What two computations of a trial must agree in: the digest of ``encoded()``.
  public func digest() throws(WireError) -> Digest { Digest(of: try encoded()) }
}

extension Outcome.FeatureFile {
  func wire(in arena: MessageArena) -> UnsafeMutablePointer<Sweep__FeatureFile> {
    let message = arena.message(sweep__feature_file__init)
    message.pointee.digest = arena.bytes(digest.bytes)
    message.pointee.bytes = bytes
    message.pointee.tokens = tokens
    return message
  }

  init(_ wire: Sweep__FeatureFile) throws(WireError) {
    self.init(
      digest: try WireReading.digest(wire.digest, "outcome.features.digest"), bytes: wire.bytes, tokens: wire.tokens)
  }
}

extension Outcome.FittedProbe {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__FittedProbe> {
    try validate()
    let message = arena.message(sweep__fitted_probe__init)
    message.pointee.file = arena.bytes(file)
    message.pointee.l2 = l2
    message.pointee.iterations = iterations
    message.pointee.held_out_accuracy = heldOutAccuracy
    return message
  }

  init(_ wire: Sweep__FittedProbe) throws(WireError) {
    self.init(
      file: try WireReading.bytes(wire.file, "outcome.probe.file", atMost: WireLimits.document), l2: wire.l2,
      iterations: wire.iterations, heldOutAccuracy: wire.held_out_accuracy)
    try validate()
  }

  private func validate() throws(WireError) {
    try WireReading.require(!file.isEmpty, "outcome.probe.file", "is missing")
    try WireReading.require(
      file.count <= WireLimits.document, "outcome.probe.file", "is longer than \(WireLimits.document) bytes")
    try WireReading.require(l2.isFinite && l2 >= 0, "outcome.probe.l2", "is \(l2), which is not a penalty")
    try WireReading.require(
      (0...1).contains(heldOutAccuracy), "outcome.probe.held_out_accuracy", "is \(heldOutAccuracy), not in 0...1")
  }
}
