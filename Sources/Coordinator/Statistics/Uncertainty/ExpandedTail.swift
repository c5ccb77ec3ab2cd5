import Foundation

/// How much of the bootstrap's distribution lies beyond each end of a percentile interval.
///
/// The distribution of resampled means is too narrow by √((n − 1)/n), and normal where Student's t is due. Both are made up for by taking
/// less than 2.5 % from each end: the *expanded percentile interval* (Hesterberg 2015, *What teachers should know about the
/// bootstrap*, §3.3). With 40 clusters it takes 2.0 %, with 400 2.4 %.
enum ExpandedTail {
  /// The share beyond each end of a 95 % interval over `clusters` clusters, at least 2.
  static func share(clusters: Int) -> Double {
    let n = Double(clusters)
    return 0.5 * erfc((n / (n - 1)).squareRoot() * t(clusters - 1) / 2.0.squareRoot())
  }

  /// The 97.5 % quantile of Student's t: exact for one and two degrees of freedom, else by Fisher's expansion, good to 1 %.
  static func t(_ degrees: Int) -> Double {
    switch degrees {
    case ...1: return 12.706_204_736
    case 2: return 4.302_652_730
    default:
      let (z, v) = (1.959_963_984_540_054, Double(degrees))
      let powers = (z * z * z, pow(z, 5), pow(z, 7))
      return z + (powers.0 + z) / (4 * v) + (5 * powers.1 + 16 * powers.0 + 3 * z) / (96 * v * v)
        + (3 * powers.2 + 19 * powers.1 + 17 * powers.0 - 15 * z) / (384 * v * v * v)
    }
  }
}
