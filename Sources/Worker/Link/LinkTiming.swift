/// How patient a ``CoordinatorLink`` is, and how much it holds.
public struct LinkTiming: Hashable, Sendable {
  /// Without any word from the coordinator for this long, the link connects anew.
  public var silence: Duration = .seconds(15)
  /// Without any word for this long, the link ends.
  public var giveUp: Duration
  /// Outcomes not acknowledged for this long are sent again; the wait doubles each time, up to eightfold.
  public var resend: Duration = .seconds(10)
  /// The first wait for an answer to `hello`, before the link connects anew; it doubles each time, up to eightfold.
  public var hello: Duration = .seconds(2)
  /// Bytes of unacknowledged outcomes that are kept in memory; further ones go to the spool, or wait.
  public var unacknowledgedBytes = 64 << 20
  /// Bytes of outcomes that are sent before the first of them is acknowledged.
  public var inFlightBytes = 32 << 20

  /// The defaults, ending after `giveUp` without a word.
  public init(giveUp: Duration) { self.giveUp = giveUp }
}

extension Duration {
  /// Such as `90 s` or `0.5 s`.
  var forPeople: String {
    let seconds = self / .seconds(1)
    return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
