import Foundation
import Protocol

/// How a payload lies in a segment file.
///
/// A segment begins with the 16 bytes `rebound segment⏎`. Then come records: length of the payload, stage, unit and
/// variant as little-endian 32-bit numbers, a ``Checksum`` of those 16 bytes and the payload, and the payload.
enum SegmentRecord {
  static let magic = Data("rebound segment\n".utf8)
  static let header = 32
  /// The longest payload that is read back: none comes over the wire that is longer.
  static let largest = WireLimits.frame

  static func encoded(_ payload: Data, of trial: TrialID) -> Data {
    var record = Data(capacity: header + payload.count)
    for number in [UInt32(truncatingIfNeeded: payload.count), UInt32(trial.stage.rawValue), trial.unit, trial.variant] {
      withUnsafeBytes(of: number.littleEndian) { record.append(contentsOf: $0) }
    }
    record.append(contentsOf: Checksum(of: record, payload).bytes)
    record.append(payload)
    return record
  }

  /// The payload in `record`, or nil if these are not the bytes that were written for `trial`.
  static func payload(in record: Data, of trial: TrialID) -> Data? {
    guard record.count >= header else { return nil }
    let payload = Data(record.dropFirst(header))
    return encoded(payload, of: trial) == record ? payload : nil
  }
}
