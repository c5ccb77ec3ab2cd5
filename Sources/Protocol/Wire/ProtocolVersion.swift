/// The version of the protocol that this build speaks; every frame carries it.
public enum ProtocolVersion {
  /// Raised whenever a message changes its meaning.
  public static let current: UInt32 = 1
}
