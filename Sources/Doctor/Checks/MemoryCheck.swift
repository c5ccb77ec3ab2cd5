import Coordinator

/// What the plan says that workers need, against what they have.
struct MemoryCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? {
    let machine = evidence.machine.memory
    guard let sweep = evidence.sweep, let memory = sweep.plan?.memory else {
      return Finding(
        "memory", machine.source.map { "\(Bytes.text(machine.bytes)), set by \($0)" } ?? Bytes.text(machine.bytes))
    }
    let workers = UInt64(max(1, sweep.use.workers))
    let need = max(Self.sum(memory.own, memory.variant), memory.fit)
    let has = UInt64(max(0, sweep.use.memory))
    let (all, overflow) = need.multipliedReportingOverflow(by: workers)
    let total = overflow ? UInt64.max : Self.sum(all, memory.mapped)
    var problems: [String] = []
    var advice: [String] = []
    if need > has {
      problems.append(
        "a worker needs \(Bytes.text(need)) of memory beside the weights and has \(Bytes.text(has)): "
          + (workers > 1 ? "run fewer workers (--workers), or give each more (--memory)" : "give it more (--memory)"))
    } else if total > machine.bytes {
      advice.append(
        "the weights (\(Bytes.text(memory.mapped))) and what \(Readable.count(sweep.use.workers, "worker")) hold "
          + "(\(Bytes.text(all))) exceed \(Self.owner(machine)) \(Bytes.text(machine.bytes)): weights will be read from disk again and "
          + "again, so run fewer workers")
    }
    return Finding(
      "memory",
      "\(Readable.count(sweep.use.workers, "worker")) × \(Bytes.text(need)), which may have \(Bytes.text(has)) each; "
        + "\(Bytes.text(memory.mapped)) of shared weights; "
        + (machine.source.map { "\($0) allows" } ?? "the machine has") + " \(Bytes.text(machine.bytes))",
      problems: problems, advice: advice)
  }

  private static func owner(_ limit: MemoryLimit) -> String {
    limit.source.map { "what \($0) allows," } ?? "the machine's"
  }

  private static func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}
