import Coordinator

/// Whether images are stored as they are looked at.
struct OrientationCheck: Check {
  private static let upright = 1

  func finding(_ evidence: Evidence) -> Finding? {
    guard let sample = evidence.sweep?.sample, !sample.isEmpty else { return nil }
    let turned = sample.filter { $0.orientation ?? Self.upright != Self.upright }
    guard let first = turned.first else {
      return Finding("orientation", "every image that was tried is stored upright")
    }
    return Finding(
      "orientation", "\(turned.count) of \(Readable.count(sample.count, "image")) not stored upright",
      advice: [
        "\(Readable.count(turned.count, "image")) of \(sample.count), such as \(first.image.image.printable), carry an EXIF "
          + "orientation, which is not applied: the model sees them turned, as their label maps have to be"
      ])
  }
}
