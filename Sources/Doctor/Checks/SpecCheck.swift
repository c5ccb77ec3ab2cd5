import Coordinator

/// Whether the spec can be read, with its model's config and its lists of images.
struct SpecCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? {
    guard let reading = evidence.sweep?.reading else { return nil }
    guard let experiment = reading.spec?.experiment else {
      return Finding(
        "spec", Readable.count(reading.errors.count, "error"), problems: reading.errors.map(\.description.printable))
    }
    return Finding(
      "spec",
      "\(experiment.name.printable): \(Readable.count(experiment.data.train.count, "training image")), "
        + "\(Readable.count(experiment.data.evaluate.count, "evaluation image")), "
        + Readable.count(experiment.variants.count, "variant"))
  }
}
