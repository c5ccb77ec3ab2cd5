import Foundation
import Protocol

/// Appends payloads to segments of its own: each owner of a run begins a new one, so that a former owner that still writes,
/// on a host that can't see the lock, disturbs nobody. What lies behind the last committed record of an older segment was never
/// acknowledged, and is never read.
struct SegmentWriter: Sendable {
  /// A record's place.
  struct Place: Hashable, Sendable {
    let segment: UInt32
    let offset: UInt64
    /// Of the payload.
    let length: Int
  }

  /// A new segment is begun when one is this long.
  static let segmentSize: UInt64 = 256 << 20

  private let layout: RunLayout
  private var file: SegmentFile?
  /// Where the next record goes, and where the file is cut if it can't be written.
  private var end: UInt64 = 0
  /// Where the file ends once the rows of the last append are committed.
  private var pending: UInt64?
  /// Bytes of unacknowledged records that a crash had left in the latest segment.
  let torn: UInt64

  /// `ends` holds for each segment with committed records where the last of them ends. Throws where a segment is shorter.
  init(_ layout: RunLayout, ends: [UInt32: UInt64]) throws(StoreError) {
    self.layout = layout
    guard let last = ends.keys.max() else {
      torn = 0
      return
    }
    var torn: UInt64 = 0
    for (number, end) in ends.sorted(by: { $0.key < $1.key }) {
      let file = try SegmentFile.read(number, at: layout.segment(number))
      let size = try file.size()
      guard size >= end else {
        throw StoreError(
          .damaged,
          "\(file.path) ends at byte \(size), but committed outcomes reach to byte \(end); restore the file from a copy,"
            + " or start the run anew")
      }
      if number == last { torn = size - end }
    }
    self.torn = torn
  }

  /// Appends payloads and makes them durable. If that fails, nothing of them stays.
  mutating func append(_ payloads: [(trial: TrialID, payload: Data)]) throws(StoreError) -> [Place] {
    if end >= Self.segmentSize { file = nil }
    let target: SegmentFile
    if let file {
      target = file
    } else {
      target = try begin()
      (file, end) = (target, UInt64(SegmentRecord.magic.count))
    }
    var records = Data()
    var places: [Place] = []
    for (trial, payload) in payloads {
      places.append(
        Place(segment: target.number, offset: end + UInt64(records.count), length: payload.count))
      records.append(SegmentRecord.encoded(payload, of: trial))
    }
    do {
      try target.write(records, at: end)
      CrashPoint.segmentWritten.pass()
      try target.sync()
      CrashPoint.segmentSynced.pass()
    } catch {
      retract()
      throw error
    }
    pending = end + UInt64(records.count)
    return places
  }

  /// The rows of the last append are committed: its records stay.
  mutating func keep() {
    end = pending ?? end
    pending = nil
  }

  /// The rows of the last append could not be committed: its records go. Where even that fails, the next start cuts them.
  mutating func retract() {
    pending = nil
    try? file?.truncate(to: end)
  }

  /// A segment that nobody else has.
  private func begin() throws(StoreError) -> SegmentFile {
    var number = (try highestNumber() ?? 0) + 1
    while true {
      if let file = try SegmentFile.create(number, at: layout.segment(number)) { return file }
      number += 1
    }
  }

  private func highestNumber() throws(StoreError) -> UInt32? {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: layout.segments)
        .compactMap { $0.hasSuffix(".seg") ? UInt32($0.dropLast(4)) : nil }.max()
    } catch {
      throw .system("read", layout.segments, errno)
    }
  }
}
