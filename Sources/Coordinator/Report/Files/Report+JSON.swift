import Foundation

extension Report {
  /// The schema of `report.json`.
  public static let schema = 1

  private struct Document: Encodable {
    let schema: Int
    let provenance: Provenance
    let summary: [Summary.Point]
    let findings: Findings
    let others: [Findings]
  }

  /// Everything, as one JSON object with sorted keys: equal findings have equal bytes.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return try encoder.encode(
      Document(
        schema: Self.schema, provenance: provenance, summary: Summary(self).points, findings: findings,
        others: others))
  }
}
