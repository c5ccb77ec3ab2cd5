import Foundation
import Protocol

extension Explanation {
  /// A few lines for people; times are local.
  public var text: String {
    var lines = ["\(trial): \(subject)."]
    lines += story.map { "\(Self.time($0.at))  \($0.text)" }
    if let outcome {
      lines.append(
        "Committed: attempt \(outcome.attempt), computed by \(outcome.worker) in \(Readable.duration(outcome.seconds)); payload"
          + " \(outcome.digest.short).")
    }
    if let error { lines.append("Given up: \(error).") }
    if let waits { lines.append("Waits: \(waits).") }
    return lines.joined(separator: "\n")
  }

  private static func time(_ seconds: Double) -> String {
    let formatter = DateFormatter()
    formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
    return formatter.string(from: Date(timeIntervalSince1970: seconds))
  }
}

extension StoryLine {
  fileprivate var text: String {
    let others = together > 1 ? " with \(Readable.count(together - 1, "other"))" : ""
    let lease = "lease \(lease.number) of epoch \(epoch.number)"
    return switch kind {
    case .given: "attempt \(attempt): given to \(worker)\(others) (\(lease))"
    case .failed: "failed\(others): \(reason ?? "")"
    case .vanished, .expired: "lost\(others): \(reason ?? "")"
    case .returned: "returned untouched\(others) from \(worker) (\(lease))"
    case .moved: "taken\(others) from \(worker) for an idle worker (\(lease))"
    }
  }
}
