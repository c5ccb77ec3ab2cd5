import Catalog
import Foundation
import Protocol

/// What a watcher is sent: how the run stands, and its figures so far.
public struct LiveView: Encodable {
  let status: StatusSnapshot
  let figures: LiveFigures?

  /// Takes each property as it is.
  public init(status: StatusSnapshot, figures: LiveFigures?) {
    self.status = status
    self.figures = figures
  }

  /// One line of JSON with sorted keys.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}

/// The figures of a running sweep, with linearised error bars: for watching, not for deciding.
public struct LiveFigures: Hashable, Sendable, Encodable {
  /// A share with half the width of its 95 % interval, where that can be estimated.
  struct Number: Hashable, Encodable {
    let value: Double
    let margin: Double?

    init?(_ ratio: ClusteredRatio) {
      let moments = RatioMoments(ratio.contributing)
      guard let value = moments.ratio else { return nil }
      self.value = value
      margin = moments.margin
    }
  }

  struct Knockout: Hashable, Encodable {
    let name: String
    let comparison: StatusSnapshot.LiveEffect.Comparison
    let windows: [String]
    /// [window][site of ``LiveFigures/sites``]; null before a window and behind a horizon.
    let cells: [[Number?]]
  }

  let sites: [String]
  /// Images whose baseline is in.
  let images: Int
  /// [site] of the baseline.
  let accuracy: [Number?]
  let recovery: [Number?]
  let knockouts: [Knockout]
}

extension LiveFigures {
  /// The figures of what `tally` holds.
  init(_ tally: Tally) {
    let experiment = tally.experiment
    let baselines = tally.baselinesByCluster
    sites = experiment.probes.sites.map(\.description)
    images = baselines.reduce(0) { $0 + $1.count }
    accuracy = sites.indices.map { site in
      Number(ClusteredRatio(baselines) { ($0.sites[site].correct, $0.valid) })
    }
    recovery = sites.indices.map { site in
      experiment.probes.sites[site] < experiment.reference
        ? nil : Number(ClusteredRatio(baselines) { ($0.sites[site].recovered, $0.wrong) })
    }
    let clusters = Array(tally.clusters.names.indices)
    knockouts = experiment.knockouts.enumerated().map { number, knockout in
      let indices = tally.interventions.indices.filter { tally.interventions[$0].knockout == number }
      let cells = indices.map { index in
        let intervention = tally.interventions[index]
        return experiment.probes.sites.indices.map { probe -> Number? in
          guard let site = intervention.probes.firstIndex(of: probe) else { return nil }
          let ratios = InterventionRatios(
            sums: tally.sums[index], site: site, stride: intervention.sites.count, active: clusters)
          return Number(knockout.control == nil ? ratios.recoveryChange : ratios.recoveryContrast)
        }
      }
      return Knockout(
        name: knockout.name, comparison: knockout.control == nil ? .baseline : .control,
        windows: indices.map { tally.interventions[$0].window.description }, cells: cells)
    }
  }
}
