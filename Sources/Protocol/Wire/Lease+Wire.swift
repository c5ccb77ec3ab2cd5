import CSweep
import Catalog

extension Lease {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__Lease> {
    try validate()
    let message = arena.message(sweep__lease__init)
    message.pointee.id = id.number
    message.pointee.epoch = epoch.number
    message.pointee.stage = stage.wire
    message.pointee.unit = unit
    message.pointee.n_variants = variants.count
    message.pointee.variants = arena.array(variants)
    message.pointee.attempt = attempt
    message.pointee.wave_limit = waveLimit
    message.pointee.inputs = arena.bytes(inputs.bytes)
    message.pointee.n_artifacts = artifacts.count
    message.pointee.artifacts = arena.array(artifacts.map { arena.bytes($0.bytes) })
    if let baseline { message.pointee.baseline = arena.bytes(baseline.bytes) }
    return message
  }

  init(_ wire: Sweep__Lease) throws(WireError) {
    var artifacts: [Digest] = []
    for artifact in try WireReading.list(
      wire.artifacts, wire.n_artifacts, "lease.artifacts", atMost: WireLimits.artifacts)
    {
      artifacts.append(try WireReading.digest(artifact, "lease.artifacts"))
    }
    self.init(
      id: LeaseID(wire.id), epoch: Epoch(wire.epoch), stage: try Stage(wire.stage, "lease.stage"), unit: wire.unit,
      variants: Array(
        try WireReading.list(wire.variants, wire.n_variants, "lease.variants", atMost: WireLimits.trials)),
      attempt: wire.attempt, waveLimit: wire.wave_limit, inputs: try WireReading.digest(wire.inputs, "lease.inputs"),
      artifacts: artifacts,
      baseline: wire.baseline.len == 0 ? nil : try .some(WireReading.digest(wire.baseline, "lease.baseline")))
    try validate()
  }

  private func validate() throws(WireError) {
    try WireReading.require(!variants.isEmpty, "lease.variants", "is missing")
    try WireReading.require(
      variants.count <= WireLimits.trials, "lease.variants",
      "has \(variants.count) elements, at most \(WireLimits.trials) are allowed")
    try WireReading.require(variants.isStrictlyAscending, "lease.variants", "must be ascending")
    try WireReading.require(stage == .sweep || variants == [0], "lease.variants", "must be [0] in stage \(stage)")
    try WireReading.require(attempt >= 1, "lease.attempt", "must be at least 1")
    try WireReading.require(waveLimit >= 1, "lease.wave_limit", "must be at least 1")
    try WireReading.require(
      artifacts.count <= WireLimits.artifacts, "lease.artifacts",
      "has \(artifacts.count) elements, at most \(WireLimits.artifacts) are allowed")
  }
}

extension Collection where Element: Comparable {
  var isStrictlyAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
