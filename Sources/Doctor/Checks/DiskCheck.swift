import Coordinator

/// What the plan says that the run writes, against the room for it.
struct DiskCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? {
    guard let sweep = evidence.sweep, let plan = sweep.plan, let disk = sweep.disk else { return nil }
    let need = Bytes.whole(plan.stages.reduce(0) { $0 + Double($1.diskBytes) })
    var problems: [String] = []
    if !disk.isWritable {
      problems.append(
        "\(disk.existing) cannot be written, where the run would lie (\(disk.directory)): choose another place with --out"
      )
    }
    if need > disk.free {
      problems.append(
        "the run writes up to \(Bytes.text(need)) to \(disk.directory), but \(disk.existing) has \(Bytes.text(disk.free)) "
          + "free: make room, or choose another place with --out")
    }
    return Finding(
      "disk", "up to \(Bytes.text(need)) of \(Bytes.text(disk.free)) free at \(disk.directory.printable)",
      problems: problems)
  }
}
