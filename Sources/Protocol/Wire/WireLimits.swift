/// How large messages and their parts may be, on both sides. They bound what a receiver allocates.
public enum WireLimits {
  /// Bytes of a frame; sockets refuse longer ones before they are read.
  public static let frame = 64 << 20
  /// Bytes of a name, a path or a kernel's description.
  static let text = 4_096
  /// Bytes of a sentence for people; longer ones are cut when sent.
  static let sentence = 4_096
  /// Bytes of an experiment's JSON, and of one probe's file.
  static let document = 60 << 20
  /// Bytes of the status JSON.
  static let status = 16 << 20
  /// Outcomes of one message.
  public static let outcomes = 1_024
  /// Trials of one message, and variants of a lease.
  public static let trials = 1 << 16
  /// Artifacts that a lease names.
  static let artifacts = 1 << 16
  /// Leases that a worker may ask for.
  static let credits: UInt32 = 4_096
  /// Sites of one outcome.
  static let sites = 4_096
  /// Image tokens.
  static let tokens = 1 << 16
  /// Classes: indices fit in 16 bits with ``CellResults/void`` left over.
  static let classes = 65_535
}
