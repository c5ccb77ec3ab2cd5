/// What the one who started a run may ask of its coordinator.
public enum ControlCommand: UInt8, Hashable, Sendable, CaseIterable {
  /// Give no work out until ``resume``; what was given out goes on.
  case pause = 1
  /// Give work out again.
  case resume = 2
  /// Give no work out, let workers finish what they hold, then end.
  case drain = 3
  /// Give no work out, let workers finish the wave that they are at, then end.
  case cancel = 4
}
