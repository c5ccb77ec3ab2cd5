import Foundation
import Protocol

/// Appends payloads to a run's segments. What lies behind the last committed record is dropped when a run is opened: it
/// was never acknowledged.
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
  /// Bytes of unacknowledged records that were found behind the last one and cut off.
  let torn: UInt64

  /// `ends` holds for each segment with committed records where the last of them ends. Throws where a segment is shorter.
  init(_ layout: RunLayout, ends: [UInt32: UInt64]) throws(StoreError) {
    self.layout = layout
    guard let last = ends.keys.max() else {
      torn = 0
      return
    }
    for (number, end) in ends.sorted(by: { $0.key < $1.key }) {
      let path = layout.segment(number)
      let file = try number == last ? SegmentFile.append(number, at: path) : SegmentFile.read(number, at: path)
      let size = try file.size()
      guard size >= end else {
        throw StoreError(
          .damaged,
          "\(file.path) ends at byte \(size), but committed outcomes reach to byte \(end); restore the file from a copy,"
            + " or start the run anew")
      }
      if number == last { (self.file, self.end) = (file, end) }
    }
    let size = try file?.size() ?? 0
    torn = size - end
    if torn > 0 { try file?.truncate(to: end) }
  }

  /// Appends payloads and makes them durable. If that fails, nothing of them stays.
  mutating func append(_ payloads: [(trial: TrialID, payload: Data)]) throws(StoreError) -> [Place] {
    if end >= Self.segmentSize { file = nil }
    let target: SegmentFile
    if let file {
      target = file
    } else {
      let number = (try highestNumber() ?? 0) + 1
      target = try .create(number, at: layout.segment(number))
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
      try target.sync()
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

  private func highestNumber() throws(StoreError) -> UInt32? {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: layout.segments)
        .compactMap { $0.hasSuffix(".seg") ? UInt32($0.dropLast(4)) : nil }.max()
    } catch {
      throw .system("read", layout.segments, errno)
    }
  }
}
