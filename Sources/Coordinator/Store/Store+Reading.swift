import Catalog
import Foundation
import GRDB
import Protocol

/// A committed outcome, read back.
public struct StoredOutcome: Hashable, Sendable {
  /// The trial.
  public let trial: TrialID
  /// Its result.
  public let payload: Outcome.Payload
  /// The digest of the encoded payload.
  public let digest: Digest
  /// Who computed it: host and process.
  public let worker: String
  /// Which attempt it was, from 1.
  public let attempt: UInt32
  /// Computing time, in seconds.
  public let seconds: Double
}

extension Store {
  private static let columns = """
    stage, unit, variant, segment, offset, length, digest, worker, attempt, seconds, written_unit, written_variant, \
    inputs, artifact, epoch
    """

  /// The committed outcome of a trial; nil if there is none. Throws where it can't be read or was damaged.
  public func outcome(of trial: TrialID) throws(StoreError) -> StoredOutcome? {
    try reading { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT \(Self.columns) FROM outcome WHERE stage = ? AND unit = ? AND variant = ?",
        arguments: [trial.stage.rawValue, trial.unit, trial.variant])
      return try row.map(decode)
    }
  }

  /// Calls `body` for every committed outcome of a stage, ordered by unit and variant, as they were when it began.
  /// Memory holds one at a time. Only trials that `isWanted` says yes to are read.
  public func forEachOutcome(
    of stage: Stage, where isWanted: (TrialID) -> Bool = { _ in true }, _ body: (StoredOutcome) throws -> Void
  ) throws {
    try queue.read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT \(Self.columns) FROM outcome WHERE stage = ? ORDER BY unit, variant",
        arguments: [stage.rawValue])
      while let row = try rows.next() {
        if try isWanted(trial(row)) { try body(decode(row)) }
      }
    }
  }

  /// Calls `body` for every committed outcome of one unit, ordered by variant.
  public func forEachOutcome(of stage: Stage, unit: UInt32, _ body: (StoredOutcome) throws -> Void) throws {
    try queue.read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT \(Self.columns) FROM outcome WHERE stage = ? AND unit = ? ORDER BY variant",
        arguments: [stage.rawValue, unit])
      while let row = try rows.next() { try body(decode(row)) }
    }
  }

  /// Calls `body` for every committed outcome of a stage that was computed from `inputs`, as it is kept, and with its worker.
  func forEachEncodedOutcome(
    of stage: Stage, computedFrom inputs: Digest, _ body: (EncodedOutcome, String) throws -> Void
  ) throws {
    try queue.read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT \(Self.columns) FROM outcome WHERE stage = ? AND inputs = ? ORDER BY unit, variant",
        arguments: [stage.rawValue, inputs.blob])
      while let row = try rows.next() {
        let artifact = try row.decode(Data?.self, atIndex: 13)
        let outcome = EncodedOutcome(
          trial: try trial(row), lease: LeaseID(0),
          epoch: Epoch(UInt64(max(0, try row.decode(Int64.self, atIndex: 14)))),
          attempt: try row.decode(UInt32.self, atIndex: 8), inputs: inputs,
          seconds: try row.decode(Double.self, atIndex: 9), payload: try payload(row).bytes, digest: try digest(row, 6),
          artifact: try artifact.map(digest))
        try body(outcome, row.decode(String.self, atIndex: 7))
      }
    }
  }

  /// The trials of a stage that have an outcome, ascending.
  func trials(in stage: Stage) throws(StoreError) -> [TrialID] {
    try reading { db in
      try Row.fetchAll(
        db, sql: "SELECT stage, unit, variant FROM outcome WHERE stage = ? ORDER BY unit, variant",
        arguments: [stage.rawValue]
      ).map(trial)
    }
  }

  /// The files that the outcomes of `extract` or `fit` stand for, in the order of their units.
  func artifacts(of stage: Stage) throws(StoreError) -> [Digest] {
    try reading { db in
      try Data.fetchAll(
        db, sql: "SELECT artifact FROM outcome WHERE stage = ? AND artifact IS NOT NULL ORDER BY unit",
        arguments: [stage.rawValue]
      ).map(digest)
    }
  }

  /// How many outcomes of a stage are committed.
  public func committed(in stage: Stage) throws(StoreError) -> Int {
    try reading { db in
      try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM outcome WHERE stage = ?", arguments: [stage.rawValue]) ?? 0
    }
  }

  /// The trials that were given up, ascending, with the reasons.
  public func quarantined() throws(StoreError) -> [(trial: TrialID, error: String)] {
    try reading { db in
      try Row.fetchAll(db, sql: "SELECT stage, unit, variant, error FROM quarantine ORDER BY stage, unit, variant").map
      {
        (try trial($0), try $0.decode(String.self, atIndex: 3))
      }
    }
  }

  /// How many trials were computed again and compared, in the whole run.
  public func audited() throws(StoreError) -> Int {
    try reading { db in try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM outcome WHERE audited") ?? 0 }
  }

  /// How often two computations of a trial differed, in the whole run.
  public func differences() throws(StoreError) -> Int {
    try reading { db in try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM difference") ?? 0 }
  }

  /// The kernel that all workers of the run must have; nil if none has come yet, or if they may differ.
  public func kernel() throws(StoreError) -> String? { try reading { db in try Self.value(.kernel, in: db) } }

  /// What the state machine needs to go on.
  public func recovered() throws(StoreError) -> SweepState.Recovered {
    var recovered = SweepState.Recovered()
    recovered.quarantined = try quarantined()
    (recovered.kernel, recovered.isPaused, recovered.committed) = try reading { db in
      var committed: [(TrialID, Digest, Digest?)] = []
      let rows = try Row.fetchCursor(db, sql: "SELECT stage, unit, variant, digest, artifact, audited FROM outcome")
      while let row = try rows.next() {
        let trial = try trial(row)
        let artifact = try row.decode(Data?.self, atIndex: 4)
        committed.append((trial, try digest(row, 3), try artifact.map(digest)))
        if try row.decode(Bool.self, atIndex: 5) { recovered.audited.insert(trial) }
      }
      return (try Self.value(.kernel, in: db), try Self.value(.paused, in: db) == "yes", committed)
    }
    return recovered
  }

  func reading<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try queue.read(body) } catch { throw .database("read", layout.database, error) }
  }

  private func trial(_ row: Row) throws -> TrialID {
    let number = try row.decode(UInt8.self, atIndex: 0)
    guard let stage = Stage(rawValue: number) else {
      throw StoreError(.damaged, "\(layout.database) is damaged: there is no stage \(number)")
    }
    return TrialID(
      stage: stage, unit: try row.decode(UInt32.self, atIndex: 1), variant: try row.decode(UInt32.self, atIndex: 2))
  }

  private func digest(_ row: Row, _ index: Int) throws -> Digest {
    try digest(row.decode(Data.self, atIndex: index))
  }

  private func digest(_ bytes: Data) throws -> Digest {
    guard let digest = Digest(bytes: bytes) else {
      throw StoreError(.damaged, "\(layout.database) is damaged: a digest has \(bytes.count) bytes")
    }
    return digest
  }

  private func decode(_ row: Row) throws -> StoredOutcome {
    let trial = try trial(row)
    let payload = try payload(row)
    do {
      return StoredOutcome(
        trial: trial, payload: try Outcome.Payload(encoded: payload.bytes, of: trial.stage), digest: try digest(row, 6),
        worker: try row.decode(String.self, atIndex: 7), attempt: try row.decode(UInt32.self, atIndex: 8),
        seconds: try row.decode(Double.self, atIndex: 9))
    } catch let error as WireError {
      throw StoreError(.damaged, "the outcome of trial \(trial) in \(payload.path) can't be read: \(error)")
    }
  }

  /// The payload as it was written, which its record's checksum vouches for, and its file.
  private func payload(_ row: Row) throws -> (bytes: Data, path: String) {
    let trial = try trial(row)
    let written = TrialID(
      stage: trial.stage, unit: try row.decode(UInt32?.self, atIndex: 10) ?? trial.unit,
      variant: try row.decode(UInt32?.self, atIndex: 11) ?? trial.variant)
    let file = try segmentFile(row.decode(UInt32.self, atIndex: 3))
    let offset = try row.decode(Int64.self, atIndex: 4)
    let length = try row.decode(Int.self, atIndex: 5)
    guard (0...SegmentRecord.largest).contains(length), offset >= 0,
      let payload = SegmentRecord.payload(
        in: try file.bytes(at: UInt64(offset), count: SegmentRecord.header + length), of: written)
    else {
      throw StoreError(
        .damaged,
        "the outcome of trial \(trial) in \(file.path) at byte \(offset) is damaged; restore the file from a copy, or"
          + " start the run anew")
    }
    return (payload, file.path)
  }

  private func segmentFile(_ number: UInt32) throws(StoreError) -> SegmentFile {
    try readers.withLock { files throws(StoreError) in
      if let file = files[number] { return file }
      let file = try SegmentFile.read(number, at: layout.segment(number))
      files[number] = file
      return file
    }
  }
}

extension Digest {
  /// As it is stored.
  var blob: Data { Data(bytes) }
}
