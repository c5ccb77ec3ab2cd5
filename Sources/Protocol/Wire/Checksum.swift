import CSodium
import Foundation

/// A 128-bit BLAKE2b checksum. It finds damage and mix-ups; it is not a signature (CURVE authenticates peers).
public struct Checksum: Hashable, Sendable {
  /// How many bytes it has.
  public static let length = 16

  /// Its bytes.
  public let bytes: [UInt8]

  /// The checksum of the parts, one after the other.
  public init(of parts: any ContiguousBytes...) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
    defer { memory.deallocate() }
    let state = OpaquePointer(memory)
    crypto_generichash_init(state, nil, 0, Self.length)
    for part in parts {
      part.withUnsafeBytes { bytes in
        _ = crypto_generichash_update(state, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count))
      }
    }
    var sum = [UInt8](repeating: 0, count: Self.length)
    crypto_generichash_final(state, &sum, Self.length)
    bytes = sum
  }
}
