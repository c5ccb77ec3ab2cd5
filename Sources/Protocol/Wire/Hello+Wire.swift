import CSweep

extension ToCoordinator.Hello {
  func wire(in arena: MessageArena) throws(WireError) -> UnsafeMutablePointer<Sweep__Hello> {
    try validate()
    let message = arena.message(sweep__hello__init)
    message.pointee.build = try arena.text(build, "hello.build")
    message.pointee.host = try arena.text(host, "hello.host")
    message.pointee.pid = pid
    message.pointee.kernel = try arena.text(kernel, "hello.kernel")
    message.pointee.threads = threads
    message.pointee.memory = memory
    message.pointee.seconds_left = secondsLeft ?? 0
    if !holds.isEmpty {
      (message.pointee.n_holds, message.pointee.holds) = try holds.wire(in: arena, "hello.holds")
    }
    return message
  }

  init(_ wire: Sweep__Hello) throws(WireError) {
    self.init(
      build: try WireReading.text(wire.build, "hello.build"), host: try WireReading.text(wire.host, "hello.host"),
      pid: wire.pid, kernel: try WireReading.text(wire.kernel, "hello.kernel"), threads: wire.threads,
      memory: wire.memory, secondsLeft: wire.seconds_left > 0 ? wire.seconds_left : nil,
      holds: wire.n_holds > 0 ? try [TrialID](wire.holds, wire.n_holds, "hello.holds") : [])
    try validate()
  }

  private func validate() throws(WireError) {
    try WireReading.require(!build.isEmpty, "hello.build", "is missing")
    try WireReading.require(!host.isEmpty, "hello.host", "is missing")
    try WireReading.require(!kernel.isEmpty, "hello.kernel", "is missing")
    try WireReading.require(pid >= 1, "hello.pid", "is missing")
    try WireReading.require((1...65_536).contains(threads), "hello.threads", "is \(threads), not 1 to 65536")
    try WireReading.require(memory >= 1, "hello.memory", "is missing")
    try WireReading.require(
      holds.allSatisfy { ($0.stage, $0.unit) == (holds[0].stage, holds[0].unit) }, "hello.holds",
      "names trials of several units")
  }
}
