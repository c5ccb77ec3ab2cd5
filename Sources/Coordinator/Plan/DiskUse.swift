import Catalog

/// Bytes that a run writes; upper bounds, since void tokens leave gaps.
struct DiskUse {
  let experiment: Experiment
  let facts: ModelFacts

  /// An outcome's row in the database, its index and its header in a segment.
  private static let outcomeOverhead = 256.0
  /// A count takes one to five bytes as a varint; images have few tokens of most classes.
  private static let countBytes = 2.0

  private var classes: Double { Double(experiment.data.classes.count) }
  private var imageTokens: Double { Double(facts.grid.tokens) }
  /// A class index of a token.
  private var indexBytes: Double { experiment.data.classes.count <= 255 ? 1 : 2 }

  /// Feature files: for each training token its float32 state at every site, its label distribution and gold class.
  var features: Double {
    let states = experiment.probes.sites.reduce(0.0) { $0 + Double(facts.hidden(at: $1)) }
    return 4 * ProbeCost(experiment: experiment, facts: facts).tokens * (states + classes + 1)
  }

  /// One probe for each site: weight [class, hidden], bias, mean and deviation in float32; once as an outcome and once as
  /// the file that workers read.
  var probes: Double {
    experiment.probes.sites.reduce(0.0) {
      let hidden = Double(facts.hidden(at: $1))
      return $0 + 2 * 4 * (classes * hidden + classes + 2 * hidden)
    }
  }

  /// The baseline's and every variant's outcome of every evaluation image.
  var outcomes: Double {
    let baseline = outcome(sites: experiment.probes.sites.count) + imageTokens * indexBytes
    let variants = experiment.knockouts.reduce(0.0) { sum, knockout in
      knockout.windows.reduce(sum) {
        $0 + Double(knockout.arms.count)
          * (outcome(sites: experiment.sites(behind: $1).count) + imageTokens * Self.countBytes)
      }
    }
    return Double(experiment.data.evaluate.count) * (baseline + variants)
  }

  /// Predictions and counts at so many sites.
  private func outcome(sites: Int) -> Double {
    Self.outcomeOverhead + Double(sites) * (imageTokens * indexBytes + Self.countBytes * (7 + 2 * classes))
      + Self.countBytes * classes
  }
}

/// Numbers of bytes.
package enum Bytes {
  /// The number as an integer; the largest one where it does not fit.
  package static func whole(_ bytes: Double) -> UInt64 { UInt64(exactly: bytes.rounded(.up)) ?? .max }

  /// `512 B`, `1.5 kB`, `13.2 GB`, in powers of 1,000.
  package static func text(_ bytes: UInt64) -> String { Amount.text(Double(bytes), unit: "B") }
}
