import Protocol

/// A run's state in the text form that Prometheus scrapes (exposition format 0.0.4).
public struct MetricsText {
  private var lines: [String] = []

  /// All of `snapshot` that is a number, and what the server has counted.
  public init(_ snapshot: StatusSnapshot, _ counts: ServerCounts) {
    add("rebound_epoch", .gauge, "Coordinators that have owned the run.", [("", Double(snapshot.epoch?.number ?? 0))])
    add(
      "rebound_phase", .gauge, "1 for what the run is doing.", [("phase=\"\(snapshot.phase.rawValue)\"", 1)])
    add(
      "rebound_trials", .gauge, "Trials by stage and state.",
      snapshot.stages.flatMap { stage -> [(String, Double)] in
        let waiting = stage.total - stage.done - stage.quarantined - stage.leased
        return [
          ("committed", stage.done), ("quarantined", stage.quarantined), ("leased", stage.leased), ("waiting", waiting),
        ].map { ("stage=\"\(stage.stage)\",state=\"\($0.0)\"", Double($0.1)) }
      })
    add(
      "rebound_trials_per_second", .gauge, "Trials committed per second.",
      snapshot.stages.compactMap { stage in stage.trialsPerSecond.map { ("stage=\"\(stage.stage)\"", $0) } })
    add("rebound_workers", .gauge, "Workers connected.", [("", Double(snapshot.workers.count))])
    let counters = snapshot.counters
    add("rebound_attempts_total", "Trials given out.", counters.attempts)
    add("rebound_retried_total", "Trials given out again.", counters.retried)
    add("rebound_lost_total", "Trials that returned because a worker died or made no progress.", counters.lost)
    add("rebound_duplicates_total", "Valid outcomes of trials that had one.", counters.duplicates)
    add("rebound_nondeterminism_total", "Duplicates that differ from the committed outcome.", counters.nondeterminism)
    add("rebound_audited_total", "Trials computed again on purpose.", counters.audited)
    add("rebound_late_total", "Outcomes whose lease was no longer held.", counters.late)
    add("rebound_fenced_total", "Messages about leases that the sender no longer held; dropped.", counters.fenced)
    add("rebound_bad_messages_total", "Messages that were damaged or out of place; dropped.", counters.badMessages)
    add("rebound_workers_seen_total", "Workers admitted.", counters.workersSeen)
    add("rebound_frames_total", "Frames heard.", counts.frames)
    add("rebound_frame_bytes_total", "Bytes of the frames heard.", counts.bytes)
    add("rebound_malformed_total", "Messages that were not one frame, or of a revoked key; dropped.", counts.malformed)
    add("rebound_throttled_total", "Frames that came too fast; dropped.", counts.throttled)
    add("rebound_refused_handshakes_total", "Connections refused because of their key.", counts.refusals)
    add("rebound_commits_total", "Group commits.", counts.commits)
    add(
      "rebound_commit_seconds_total", .counter, "Time in group commits.", [("", counts.commitSeconds)])
  }

  /// The text.
  public var text: String { lines.joined(separator: "\n") + "\n" }

  private enum Kind: String { case gauge, counter }

  private mutating func add(_ name: String, _ help: String, _ value: Int) {
    add(name, .counter, help, [("", Double(value))])
  }

  private mutating func add(_ name: String, _ kind: Kind, _ help: String, _ values: [(labels: String, value: Double)]) {
    guard !values.isEmpty else { return }
    lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)"]
    lines += values.map { "\(name)\($0.labels.isEmpty ? "" : "{\($0.labels)}") \($0.value)" }
  }
}
