import Foundation

extension Experiment {
  /// Canonical JSON: sorted keys, no white space; equal experiments have equal bytes.
  public func canonicalJSON() throws -> Foundation.Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// Reads ``canonicalJSON()`` back, from a run directory or the network.
  public init(json: Foundation.Data) throws { self = try JSONDecoder().decode(Experiment.self, from: json) }

  /// The digest that names a run: of the canonical JSON.
  public func digest() throws -> Digest { Digest(of: try canonicalJSON()) }
}
