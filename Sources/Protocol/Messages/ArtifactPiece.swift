import Catalog
import Foundation

/// Consecutive bytes of an artifact. Artifacts travel in pieces, so that heartbeats and acknowledgements pass between
/// them and neither side holds more than a piece in its queues.
public struct ArtifactPiece: Hashable, Sendable {
  /// The most bytes that a piece may carry.
  public static let largest = 4 << 20

  /// The digest of the whole artifact.
  public let digest: Digest
  /// The size of the whole artifact, in bytes.
  public let size: UInt64
  /// Where in the artifact `data` starts.
  public let offset: UInt64
  /// At most ``largest`` bytes, and some unless the artifact is empty.
  public let data: Data

  /// Takes each property as it is.
  public init(digest: Digest, size: UInt64, offset: UInt64, data: Data) {
    self.digest = digest
    self.size = size
    self.offset = offset
    self.data = data
  }

  /// The piece of `artifact`, whose digest is `digest`, that answers a `fetch` from byte `offset` on; nil if the artifact
  /// ends before.
  public init?(of artifact: Data, digest: Digest, from offset: UInt64) {
    guard let start = Int(exactly: offset), start < artifact.count || start == 0 else { return nil }
    self.init(
      digest: digest, size: UInt64(artifact.count), offset: offset,
      data: Data(artifact.dropFirst(start).prefix(Self.largest)))
  }
}
