import GRDB

extension Store {
  /// The tables. A migration, once released, is never changed.
  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: outcomes") { db in
      try db.execute(
        sql: """
          CREATE TABLE run (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE outcome (
            stage INTEGER NOT NULL, unit INTEGER NOT NULL, variant INTEGER NOT NULL,
            segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
            digest BLOB NOT NULL, inputs BLOB NOT NULL, artifact BLOB,
            worker TEXT NOT NULL, epoch INTEGER NOT NULL, attempt INTEGER NOT NULL, seconds REAL NOT NULL,
            PRIMARY KEY (stage, unit, variant)
          ) WITHOUT ROWID;
          CREATE TABLE quarantine (
            stage INTEGER NOT NULL, unit INTEGER NOT NULL, variant INTEGER NOT NULL, error TEXT NOT NULL,
            PRIMARY KEY (stage, unit, variant)
          ) WITHOUT ROWID;
          CREATE TABLE difference (
            stage INTEGER NOT NULL, unit INTEGER NOT NULL, variant INTEGER NOT NULL,
            committed BLOB NOT NULL, other BLOB NOT NULL, worker TEXT NOT NULL, epoch INTEGER NOT NULL
          );
          """)
    }
    migrator.registerMigration("2: extended runs") { db in
      // The number that a payload was written under, where an extension gave the trial another one.
      try db.execute(
        sql: """
          ALTER TABLE outcome ADD COLUMN written_unit INTEGER;
          ALTER TABLE outcome ADD COLUMN written_variant INTEGER;
          """)
    }
    migrator.registerMigration("3: what befell leases") { db in
      // A trial's variant is within `variants`, comma-separated.
      try db.execute(
        sql: """
          CREATE TABLE lease_event (
            at REAL NOT NULL, epoch INTEGER NOT NULL, lease INTEGER NOT NULL, worker TEXT NOT NULL,
            stage INTEGER NOT NULL, unit INTEGER NOT NULL, variants TEXT NOT NULL, attempt INTEGER NOT NULL,
            kind TEXT NOT NULL, reason TEXT
          );
          CREATE INDEX lease_event_of_unit ON lease_event (stage, unit);
          """)
    }
    migrator.registerMigration("4: audits") { db in
      // Whether the trial was computed again and compared.
      try db.execute(sql: "ALTER TABLE outcome ADD COLUMN audited INTEGER NOT NULL DEFAULT 0")
    }
    return migrator
  }()

  /// Keys of the table `run`.
  enum Key: String {
    /// The digest of the experiment.
    case experiment
    /// How many coordinators have owned the run.
    case epoch
    /// The kernel that all workers must have.
    case kernel
    /// `yes` while no work is given out.
    case paused
  }

  static func value(_ key: Key, in db: Database) throws -> String? {
    try String.fetchOne(db, sql: "SELECT value FROM run WHERE key = ?", arguments: [key.rawValue])
  }

  static func set(_ key: Key, to value: String, in db: Database) throws {
    try db.execute(sql: "INSERT OR REPLACE INTO run (key, value) VALUES (?, ?)", arguments: [key.rawValue, value])
  }
}
