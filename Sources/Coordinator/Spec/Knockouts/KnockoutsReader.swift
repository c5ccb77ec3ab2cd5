import Catalog

/// Reads `knockouts` and checks them against the probes: what they need to know, and whether their effect can be read.
struct KnockoutsReader {
  let facts: ModelFacts?
  let classes: [String]?
  let prompt: Prompt?
  /// The sites that have a probe; nil if not known.
  let probed: [Site]?
  let reference: Site?
  let horizon: Int?

  /// Their variants are numbered in 32 bits on the wire, and listed in memory.
  static let variantLimit = 1_000_000

  /// The knockouts in order; none is a sweep of the baseline alone.
  func read(_ value: SpecValue?) -> [Knockout] {
    guard let value, let items = value.list(of: "knockouts") else { return [] }
    let reader = KnockoutReader(purpose: .sweep, facts: facts, classes: classes, prompt: prompt)
    let placed = items.compactMap { reader.read($0) }
    refuseRepeatedNames(placed)
    for knockout in placed {
      refuseUnknownPredictions(knockout)
      refuseUnreadable(knockout)
    }
    let variants = placed.reduce(0) { $0 + $1.knockout.windows.count * $1.knockout.arms.count }
    if variants > Self.variantLimit {
      value.fail(
        "asks for \(variants) variants of every image, more than \(Self.variantLimit); use fewer windows or draws")
    }
    return placed.map(\.knockout)
  }

  private func refuseRepeatedNames(_ placed: [PlacedKnockout]) {
    var lines: [String: Int] = [:]
    for knockout in placed {
      guard let name = knockout.name else { continue }
      if let line = lines[knockout.knockout.name] {
        name.fail("'\(knockout.knockout.name)' is the name of the knockout in line \(line) too; names must differ")
      } else {
        lines[knockout.knockout.name] = name.line
      }
    }
  }

  /// Sets that are read from predictions need a probe at the site that they are read at.
  private func refuseUnknownPredictions(_ placed: PlacedKnockout) {
    guard let probed, let reference else { return }
    for set in placed.sets {
      var missing: Set<Site> = []
      for window in placed.knockout.windows {
        missing.formUnion(set.set.sites(reference: reference, entering: window.entering))
      }
      missing.subtract(probed)
      missing.remove(reference)
      guard let first = missing.min() else { continue }
      let others = missing.count > 1 ? " (and at \(missing.count - 1) more sites)" : ""
      set.place.fail("reads predictions at \(first)\(others), which has no probe; add it to probes.sites")
    }
  }

  /// A variant that no probe lies behind would be computed for nothing.
  private func refuseUnreadable(_ placed: PlacedKnockout) {
    guard let probed, let layers = facts?.decoder.layers else { return }
    let blind = placed.knockout.windows.first { window in
      let last = horizon.map { min(layers, window.last + $0) } ?? layers
      return !probed.contains { Site.llm(window.first) <= $0 && $0 <= .llm(last) }
    }
    guard let blind else { return }
    placed.windows?.fail(
      "window [\(blind.first), \(blind.last)] has no probed site behind it within the horizon, so its effect could not be "
        + "read; add one to probes.sites")
  }
}
