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
  /// Notes tensors that do not fit, instead of throwing; nil: throw.
  private let survey: CheckpointSurvey?

  /// Maps the files; throws a ``CheckpointError`` that names what is missing or damaged.
  public convenience init(directory: String) throws {
    try self.init(directory: directory, files: try Self.files(directory), survey: nil)
  }

  /// The tensors of `files`. With a `survey`, those that are missing or of another shape or type are noted there, and zeros
  /// stand in for them.
  init(directory: String, files: [SafetensorsFile], survey: CheckpointSurvey?) throws {
    self.directory = directory
    self.survey = survey
    var places: [String: (file: SafetensorsFile, name: String)] = [:]
    for file in files {
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
    let (paths, promised, index) = try paths(directory)
    let files = try paths.map { try SafetensorsFile(path: $0) }
    try checkPromises(promised, index: index, files: files)
    return files
  }

  /// Throws if the index names a tensor that no shard holds.
  static func checkPromises(_ promised: [String], index: String, files: [SafetensorsFile]) throws {
    let held = Set(files.flatMap(\.names))
    if let missing = promised.first(where: { !held.contains($0) }) {
      throw CheckpointError("\(index) promises tensor \(missing), which no shard holds")
    }
  }

  /// The weight files of a directory, and the tensors that its index promises, sorted; none without an index.
  static func paths(_ directory: String) throws -> (files: [String], promised: [String], index: String) {
    let single = "\(directory)/model.safetensors"
    let index = "\(directory)/model.safetensors.index.json"
    let manager = FileManager.default
    if manager.fileExists(atPath: single) { return ([single], [], index) }
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
      return "\(directory)/\(name)"
    }
    return (files, map.weight_map.keys.sorted(), index)
  }

  /// All canonical names, sorted.
  public var names: [String] { places.keys.sorted() }

  /// Whether there is a tensor of this canonical name.
  func has(_ name: String) -> Bool { places[name] != nil }

  /// The tensor of this canonical name and exactly this shape.
  public func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let survey else { return try fitting(name, shape: shape) }
    do { return try fitting(name, shape: shape) } catch let error as CheckpointError {
      return try survey.standIn(for: name, shape: shape, because: error, isMissing: places[name] == nil)
    }
  }

  private func fitting(_ name: String, shape: [Int]) throws -> Tensor {
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
