import Foundation
import Synchronization

/// The weights of a Hugging Face model directory: one `model.safetensors`, or the shards that
/// `model.safetensors.index.json` lists.
public final class Checkpoint: Sendable {
  /// An index may be this long; LLMs of 10¹² parameters have some MB.
  private static let indexLimit = 64 << 20

  /// The model directory.
  public let directory: String
  /// Canonical name → file and name on disk.
  private let places: [String: (file: SafetensorsFile, name: String)]
  private let used = Mutex<Set<String>>([])

  /// Maps the files; throws a ``CheckpointError`` that names what is missing or damaged.
  public init(directory: String) throws {
    self.directory = directory
    var places: [String: (file: SafetensorsFile, name: String)] = [:]
    for file in try Self.files(directory) {
      for name in file.names {
        guard let canonical = KeyLayout.canonical(name) else {
          throw CheckpointError("\(file.path) holds tensor \(name), which belongs to no part of the model known here")
        }
        guard places.updateValue((file, name), forKey: canonical) == nil else {
          throw CheckpointError("\(directory) holds tensor \(name) twice")
        }
      }
    }
    self.places = places
  }

  private static func files(_ directory: String) throws -> [SafetensorsFile] {
    let single = "\(directory)/model.safetensors"
    let index = "\(directory)/model.safetensors.index.json"
    let manager = FileManager.default
    if manager.fileExists(atPath: single) { return [try SafetensorsFile(path: single)] }
    guard manager.fileExists(atPath: index) else {
      throw CheckpointError("\(directory) has neither model.safetensors nor model.safetensors.index.json")
    }
    struct Index: Decodable { let weight_map: [String: String] }
    guard let size = try manager.attributesOfItem(atPath: index)[.size] as? Int, size <= indexLimit,
      let data = manager.contents(atPath: index), let map = try? JSONDecoder().decode(Index.self, from: data)
    else { throw CheckpointError("\(index) is not JSON with a weight_map of file names") }
    let files = try Set(map.weight_map.values).sorted().map { name in
      guard !name.contains("/"), !name.hasPrefix(".") else {
        throw CheckpointError("\(index) names \(name), which does not lie beside it")
      }
      return try SafetensorsFile(path: "\(directory)/\(name)")
    }
    let held = Set(files.flatMap(\.names))
    if let missing = map.weight_map.keys.sorted().first(where: { !held.contains($0) }) {
      throw CheckpointError("\(index) promises tensor \(missing), which no shard holds")
    }
    return files
  }

  /// All canonical names, sorted.
  public var names: [String] { places.keys.sorted() }

  /// Whether there is a tensor of this canonical name.
  func has(_ name: String) -> Bool { places[name] != nil }

  /// The tensor of this canonical name and exactly this shape.
  public func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let place = places[name] else { throw CheckpointError("\(directory) has no tensor for \(name)") }
    used.withLock { _ = $0.insert(name) }
    let tensor = try place.file.tensor(place.name)
    guard tensor.shape == shape else {
      throw CheckpointError(
        "tensor \(place.name) in \(place.file.path) has shape \(tensor.shape), not \(shape) as \(directory)/config.json"
          + " says (or the family's default, where it has no such key): correct the config, or fetch weights that fit it"
      )
    }
    return tensor
  }

  /// Throws if a tensor was never asked for and is not known to be idle: it would change the computation.
  public func checkAllUsed() throws {
    let idle = used.withLock { used in places.keys.filter { !used.contains($0) && !KeyLayout.isIdle($0) }.sorted() }
    guard let first = idle.first, let place = places[first] else { return }
    throw CheckpointError(
      "\(place.file.path) holds tensor \(place.name)\(idle.count > 1 ? " and \(idle.count - 1) more" : ""), which this "
        + "model does not use: the config does not fit the weights")
  }
}
