import Foundation

extension StatusSnapshot {
  /// A snapshot that cannot be read.
  public struct ReadingError: Error, CustomStringConvertible {
    /// One sentence.
    public let description: String
  }

  /// One JSON object with sorted keys.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Reads ``json()`` back; throws ``ReadingError`` for another schema or a damaged text.
  public init(json: Data) throws {
    struct Header: Decodable { let schema: Int }
    do {
      let schema = try JSONDecoder().decode(Header.self, from: json).schema
      guard schema == Self.currentSchema else {
        throw ReadingError(
          description: "the status has schema \(schema), this version reads \(Self.currentSchema): "
            + "use the version of rebound that the coordinator runs")
      }
      self = try JSONDecoder().decode(StatusSnapshot.self, from: json)
    } catch let error as DecodingError {
      throw ReadingError(description: "the status cannot be read: \(error)")
    }
  }
}
