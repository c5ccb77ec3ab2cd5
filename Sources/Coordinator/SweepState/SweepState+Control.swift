import Protocol

/// Who started the run steers it.
extension SweepState {
  /// Whether trials may be leased now.
  var isGivingOut: Bool { phase == .running && !isPaused && storageObstacle == nil && inputs[stage] != nil }

  /// A drained run, and one that is ending, can't be paused or resumed any more.
  mutating func obey(_ command: ControlCommand) {
    switch command {
    case .pause: pause(true)
    case .resume: pause(false)
    case .drain: if phase == .running { phase = .draining }
    case .cancel: close(.stopped(reason: "cancelled"), within: policy.drain)
    }
  }

  /// A coordinator that starts after a crash keeps to it; a run that ended in order is not paused when it is continued.
  mutating func pause(_ pause: Bool) {
    guard pause != isPaused, phase == .running || !pause else { return }
    isPaused = pause
    emit(.recordPause(pause))
  }

  /// Nothing can be made durable, or can again. What workers have computed meanwhile they keep.
  mutating func noticeStorage(_ obstacle: String?) {
    guard obstacle != storageObstacle else { return }
    storageObstacle = obstacle
    emit(.note(.storage(obstacle: obstacle)))
  }

  /// A draining run ends once its last lease is done and durable.
  mutating func endIfDrained() {
    guard phase == .draining, leases.isEmpty, tables.allSatisfy({ $0.committing == 0 }) else { return }
    close(.stopped(reason: "drained"), within: policy.farewell)
  }
}
