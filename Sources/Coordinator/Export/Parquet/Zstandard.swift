import CZstd

/// Compresses blocks of bytes, each to a Zstandard frame of its own (RFC 8878).
final class Zstandard {
  private let context: OpaquePointer
  /// A usual compromise: further levels make columns of this kind hardly smaller, and take several times as long.
  private static let level: Int32 = 3

  /// Throws if there is no memory.
  init() throws(ExportError) {
    guard let context = ZSTD_createCCtx() else { throw ExportError("there is no memory to compress with") }
    self.context = context
  }

  deinit { ZSTD_freeCCtx(context) }

  /// The frame that holds `bytes`.
  func compressed(_ bytes: [UInt8]) throws(ExportError) -> [UInt8] {
    let most = ZSTD_compressBound(bytes.count)
    var failure: String?
    let frame = [UInt8](unsafeUninitializedCapacity: most) { frame, count in
      let size = bytes.withUnsafeBytes {
        ZSTD_compressCCtx(context, frame.baseAddress, most, $0.baseAddress, $0.count, Self.level)
      }
      if ZSTD_isError(size) != 0 { failure = String(cString: ZSTD_getErrorName(size)) } else { count = size }
    }
    if let failure { throw ExportError("\(bytes.count) bytes can't be compressed: \(failure)") }
    return frame
  }
}
