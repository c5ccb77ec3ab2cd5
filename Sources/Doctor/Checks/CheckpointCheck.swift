import Coordinator

/// Whether the checkpoint's tensors are those that the config asks for.
struct CheckpointCheck: Check {
  private static let shown = 5

  func finding(_ evidence: Evidence) -> Finding? {
    guard let result = evidence.sweep?.checkpoint else { return nil }
    return Finding(
      "checkpoint",
      "\(Readable.count(result.tensors, "tensor")) in \(Readable.count(result.files, "file"))"
        + (result.problems.isEmpty ? ", all of the right shape" : ""),
      problems: result.problems.map(\.printable).first(Self.shown, of: "mistakes of the checkpoint"))
  }
}
