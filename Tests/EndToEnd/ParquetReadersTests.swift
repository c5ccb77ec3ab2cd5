import Catalog
import Foundation
import Testing

@testable import Coordinator

extension EndToEnd {
  /// Tables that real runs seldom have, read by Arrow, polars and DuckDB.
  @Suite(.enabled(if: TestPython.interpreter != nil, "needs Python with venv, and PyPI once"))
  struct ParquetReadersTests {
    /// Rows of every type: `word` names the text of a row, nil where everything is missing.
    private static func table(_ rows: Int, word: (Int) -> String?) -> Table {
      let words = (0..<rows).map(word)
      return Table(columns: [
        .texts("text", words), .integers("integer", (0..<rows).map { ($0 - 5) * 99_999 }),
        .counts("count", words.enumerated().map { $1 == nil ? nil : $0 << 33 }),
        .numbers("number", words.enumerated().map { $1 == nil ? nil : 1 / Double($0 + 3) }),
        .init(name: "flag", values: .flags((0..<rows).map { $0 % 3 == 0 })),
      ])
    }

    static let tables: [(name: String, pieces: [Table])] = [
      ("without rows", [table(0) { _ in "" }]),
      ("one row", [table(1) { _ in "sky" }]),
      ("one word", [table(1_000) { _ in "" }]),
      ("everything missing", [table(77) { _ in nil }]),
      ("some missing", [table(2_003) { $0 % 7 < 2 ? nil : ["ground", "\u{1F333} tree", "a\"b,c\n"][$0 % 3] }]),
      ("more words than two bytes count", [table(70_001) { "word \($0)" }]),
      ("several row groups", [table(9) { "\($0)" }, table(0) { _ in nil }, table(300) { $0 < 250 ? "long" : nil }]),
    ]

    @Test(arguments: tables) func `every table is read as it was`(name: String, pieces: [Table]) async throws {
      let workspace = try Workspace(train: 0, evaluate: 0)
      let file = try StagedFile(at: workspace.path("table.parquet"))
      var writer = try ParquetWriter(file, columns: pieces[0], metadata: [("rebound.run", name)])
      for piece in pieces { try writer.write(piece) }
      try writer.finish()
      try file.commit()
      let expected = Dictionary(
        uniqueKeysWithValues: pieces[0].columns.indices.map { column in
          (pieces[0].columns[column].name, pieces.flatMap { $0.columns[column].values.json })
        })
      try JSONSerialization.data(withJSONObject: ["name": name, "columns": expected]).write(
        to: URL(fileURLWithPath: workspace.path("expected.json")))
      let script = try workspace.write(Self.script, to: "read.py")
      let ending = try await TestPython.run(script, [file.path, workspace.path("expected.json")])
      #expect(ending.code == 0 && ending.output == "equal\n", "\(ending.errors)")
    }

    private static let script = """
      import json, sys
      import duckdb, polars
      import pyarrow.parquet
      path, expected = sys.argv[1], json.load(open(sys.argv[2]))
      arrow = pyarrow.parquet.read_table(path)
      readings = [arrow.to_pydict(), polars.read_parquet(path).to_dict(as_series=False)]
      rows = duckdb.sql(f"FROM '{path}'")
      names, rows = rows.columns, rows.fetchall()
      readings.append({name: [row[index] for row in rows] for index, name in enumerate(names)})
      for reading in readings:
        assert reading == expected["columns"], reading
      assert arrow.schema.metadata[b"rebound.run"].decode() == expected["name"]
      print("equal")
      """
  }
}

extension Table.Values {
  /// As JSON has them.
  fileprivate var json: [Any] {
    switch self {
    case .texts(let words): words.codes.indices.map { words[$0] as Any? ?? NSNull() }
    case .integers(let values): values.map { Int($0) }
    case .counts(let values): values.map { $0 as Any? ?? NSNull() }
    case .numbers(let values): values.map { $0 as Any? ?? NSNull() }
    case .flags(let values): values
    }
  }
}
