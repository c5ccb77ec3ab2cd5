import Catalog
import Foundation

/// A model directory with the configs of a fixture, changed as a test says; removed when the test ends.
final class ModelDirectory {
  let path: String

  init(fixture: String = "multi-head") throws {
    path =
      FileManager.default.temporaryDirectory.appendingPathComponent("rebound-\(UUID().uuidString)")
      .path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/models/\(fixture)/model").path
    for name in ["config.json", "preprocessor_config.json"] {
      try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(path)/\(name)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ file: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
  }

  /// Sets a key, such as `text_config.head_dim`, to a JSON value; `absent` removes it.
  func set(_ file: String, _ key: String, _ json: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(file)")
    let object =
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    let value =
      json == "absent"
      ? nil : try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    let changed = Self.changed(object, key.split(separator: ".").map(String.init)[...], value)
    try JSONSerialization.data(withJSONObject: changed).write(to: url)
  }

  private static func changed(_ object: [String: Any], _ path: ArraySlice<String>, _ value: Any?)
    -> [String: Any]
  {
    var copy = object
    guard let key = path.first else { return copy }
    copy[key] =
      path.count == 1
      ? value : changed(object[key] as? [String: Any] ?? [:], path.dropFirst(), value)
    return copy
  }

  func facts() throws -> ModelFacts { try ModelFacts(directory: path) }

  /// The error of reading it, or "no error".
  var error: String {
    do {
      _ = try facts()
      return "no error"
    } catch { return "\(error)" }
  }
}
