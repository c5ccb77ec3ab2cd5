/// Parquet's hybrid of run lengths and bit packing: what positions in a dictionary, and the levels that say what is missing, are
/// written in.
///
/// A run is a header, a variable-length integer, and what follows it: (length << 1) and the value in whole bytes where it
/// repeats; (groups << 1 | 1) and groups of eight packed values where not, each value's lowest bit first.
enum HybridRuns {
  /// Below this, a repetition is packed with its neighbours.
  private static let shortest = 8

  /// `values`, each below 2^`width`, `width` from 1 to 32.
  static func encode(_ values: [UInt32], width: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var packed = 0  // Values from here on are not written yet.
    var start = 0
    while start < values.count {
      let end = endOfRun(values, from: start)
      // Only the last groups of all may be filled up with nothing.
      let filling = (packed - start) & 7
      if end - start - filling >= shortest {
        pack(values[packed..<start + filling], width, into: &bytes)
        bytes.appendVariable(UInt64(end - start - filling) << 1)
        for byte in 0..<(width + 7) / 8 { bytes.append(UInt8(truncatingIfNeeded: values[start] >> (8 * byte))) }
        packed = end
      }
      start = end
    }
    pack(values[packed...], width, into: &bytes)
    return bytes
  }

  private static func endOfRun(_ values: [UInt32], from start: Int) -> Int {
    values.withUnsafeBufferPointer { values in
      var end = start + 1
      while end < values.count, values[end] == values[start] { end += 1 }
      return end
    }
  }

  private static func pack(_ values: ArraySlice<UInt32>, _ width: Int, into bytes: inout [UInt8]) {
    guard !values.isEmpty else { return }
    let groups = (values.count + 7) / 8
    bytes.appendVariable(UInt64(groups) << 1 | 1)
    let end = bytes.count + groups * width
    var (pending, bits) = (UInt64(0), 0)
    for value in values {
      pending |= UInt64(value) << bits
      bits += width
      while bits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
    if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    bytes.append(contentsOf: repeatElement(0, count: end - bytes.count))
  }
}
