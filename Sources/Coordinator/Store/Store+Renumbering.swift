import Catalog
import GRDB
import Protocol

extension Store {
  /// Gives the sweep's trials their numbers in another experiment, in one transaction that also names that experiment.
  ///
  /// Payloads stay where they are: a row keeps the number under which its payload was written. Every trial of the store must
  /// be in the mapping.
  func renumber(_ mapping: TrialMapping, experiment: Digest) throws(StoreError) {
    try update { db in
      try Self.fill("unit_number", with: mapping.units, in: db)
      try Self.fill("variant_number", with: mapping.variants, in: db)
      try db.execute(
        sql: """
          UPDATE outcome SET written_unit = unit, written_variant = variant
          WHERE stage = ? AND written_unit IS NULL
            AND (unit, variant) != (
              SELECT unit_number.new, variant_number.new FROM unit_number, variant_number
              WHERE unit_number.old = unit AND variant_number.old = variant)
          """, arguments: [Stage.sweep.rawValue])
      // Stories name many trials in one row, and what they tell is over.
      if !mapping.isIdentity {
        try db.execute(sql: "DELETE FROM lease_event WHERE stage = ?", arguments: [Stage.sweep.rawValue])
      }
      for table in try Self.tablesOfTrials(db) {
        // By way of negative numbers: a new number may be another row's old one.
        try db.execute(
          sql: """
            UPDATE \(table) SET
              unit = -1 - (SELECT new FROM unit_number WHERE old = unit),
              variant = -1 - (SELECT new FROM variant_number WHERE old = variant)
            WHERE stage = ?
            """, arguments: [Stage.sweep.rawValue])
        try db.execute(
          sql: "UPDATE \(table) SET unit = -1 - unit, variant = -1 - variant WHERE stage = ? AND unit < 0",
          arguments: [Stage.sweep.rawValue])
      }
      try db.execute(sql: "DROP TABLE unit_number; DROP TABLE variant_number")
      try Self.set(.experiment, to: "\(experiment)", in: db)
    }
  }

  private static func fill(_ table: String, with numbers: [UInt32?], in db: Database) throws {
    try db.execute(sql: "CREATE TEMP TABLE \(table) (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    let insertion = try db.makeStatement(sql: "INSERT INTO \(table) (old, new) VALUES (?, ?)")
    for (old, new) in numbers.enumerated() { if let new { try insertion.execute(arguments: [old, new]) } }
  }

  /// All tables whose rows name trials, so that none that is added later is forgotten.
  private static func tablesOfTrials(_ db: Database) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT known.name FROM main.sqlite_master AS known WHERE type = 'table'
          AND (SELECT COUNT(*) FROM pragma_table_info(known.name) AS field WHERE field.name IN ('stage', 'unit', 'variant')) = 3
        """)
  }
}
