import Coordinator

/// Where the picture of a sampled image with its labels is.
struct OverlayCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? {
    guard let overlay = evidence.sweep?.overlay else { return nil }
    return Finding(
      "overlay", overlay.failure == nil ? "look at \(overlay.path.printable)" : "not written",
      advice: overlay.failure.map { ["the overlay: \($0.printable); choose another file with --overlay"] } ?? [])
  }
}
