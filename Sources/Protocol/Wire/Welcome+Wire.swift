import CSweep

extension ToWorker.Welcome {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__Welcome> {
    try validate()
    let message = arena.message(sweep__welcome__init)
    message.pointee.worker = worker.number
    message.pointee.epoch = epoch.number
    message.pointee.experiment = arena.bytes(experiment)
    message.pointee.run_directory = try arena.text(runDirectory, "welcome.run_directory")
    message.pointee.heartbeat_milliseconds = heartbeatMilliseconds
    return message
  }

  init(_ wire: Sweep__Welcome) throws(WireError) {
    self.init(
      worker: WorkerID(wire.worker), epoch: Epoch(wire.epoch),
      experiment: try WireReading.bytes(wire.experiment, "welcome.experiment", atMost: WireLimits.document),
      runDirectory: try WireReading.text(wire.run_directory, "welcome.run_directory"),
      heartbeatMilliseconds: wire.heartbeat_milliseconds)
    try validate()
  }

  private func validate() throws(WireError) {
    try WireReading.require(!experiment.isEmpty, "welcome.experiment", "is missing")
    try WireReading.require(
      experiment.count <= WireLimits.document, "welcome.experiment", "is longer than \(WireLimits.document) bytes")
    try WireReading.require(
      runDirectory.hasPrefix("/"), "welcome.run_directory", "is '\(runDirectory)', which is not an absolute path")
    try WireReading.require(
      (10...3_600_000).contains(heartbeatMilliseconds), "welcome.heartbeat_milliseconds",
      "is \(heartbeatMilliseconds), not 10 ms to an hour")
  }
}
