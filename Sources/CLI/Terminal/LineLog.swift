import Foundation
import Logging

/// A line for each event, for people or as a JSON object, in a file or on standard error.
struct LineLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let path: String?
  private let format: LogFormat
  private let label: String

  /// `path` is nil for standard error.
  init(_ label: String, to path: String?, as format: LogFormat) {
    self.label = label
    self.path = path
    self.format = format
    // Programs can be told more than people read.
    logLevel = format == .json ? .debug : .info
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let line =
      switch format {
      case .text: text(event, all)
      case .json: json(event, all)
      }
    let descriptor = path.map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644) } ?? STDERR_FILENO
    guard descriptor >= 0 else { return }
    // In one piece, so that lines of several processes don't mix.
    let data = Data("\(line)\n".utf8)
    _ = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if path != nil { close(descriptor) }
  }

  private func text(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
    let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    return "\(Date().ISO8601Format()) \(event.level) \(event.message)\(pairs)"
  }

  private func json(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
    var object = metadata.mapValues { "\($0)" }
    object["time"] = Date().ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true))
    object["level"] = "\(event.level)"
    object["event"] = "\(event.message)"
    object["from"] = label
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(object)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
