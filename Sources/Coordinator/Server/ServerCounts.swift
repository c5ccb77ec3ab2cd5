import Protocol

/// What a coordinator's server has counted since it started, beside what the run's status counts.
public struct ServerCounts: Hashable, Sendable {
  /// Frames heard.
  public var frames = 0
  /// Their bytes.
  public var bytes = 0
  /// Group commits.
  public var commits = 0
  /// Time in them, in seconds.
  public var commitSeconds = 0.0
  /// Messages that were not one frame, or of a key that is no longer good; dropped.
  public var malformed = 0
  /// Frames that came too fast; dropped.
  public var throttled = 0
  /// Handshakes refused.
  public var refusals = 0

  mutating func note(_ router: RouterSocket, _ peers: Peers) {
    malformed = router.malformed
    throttled = peers.throttled
    refusals = router.refusals
  }
}
