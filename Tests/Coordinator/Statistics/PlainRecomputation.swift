import Catalog

/// Every metric again, from raw predictions and sets of tokens, sharing nothing with the code under test.
struct PlainRecomputation {
  let sweep: SimulatedSweep
  /// The images that count.
  let images: [Int]

  struct Token: Hashable {
    let image: Int
    let token: Int
  }

  private var sites: [Site] { sweep.experiment.probes.sites }

  private func gold(_ token: Token) -> Int? { sweep.images[token.image].gold[token.token] }

  var valid: Set<Token> {
    Set(
      images.flatMap { image in sweep.images[image].gold.indices.map { Token(image: image, token: $0) } }
        .filter { gold($0) != nil })
  }

  /// Tokens that are right in the baseline at a site.
  func correct(at site: Site) -> Set<Token> {
    let index = sites.firstIndex(of: site) ?? 0
    return valid.filter { sweep.images[$0.image].baseline[index][$0.token] == gold($0) }
  }

  /// Tokens that are right under a variant at the `site`-th site behind its window.
  func correct(variant: Int, site: Int) -> Set<Token> {
    valid.filter { sweep.images[$0.image].variants[variant]?.predictions[site][$0.token] == gold($0) }
  }

  func targets(of variant: Int) -> Set<Token> {
    valid.filter { sweep.images[$0.image].variants[variant]?.targets.contains($0.token) == true }
  }

  var initiallyCorrect: Set<Token> { correct(at: sweep.experiment.reference) }
  var initiallyWrong: Set<Token> { valid.subtracting(initiallyCorrect) }

  func meanIoU(_ predicted: (Token) -> Int?) -> Double {
    let values = sweep.experiment.data.classes.indices.compactMap { label -> Double? in
      let actual = valid.filter { gold($0) == label }
      let claimed = valid.filter { predicted($0) == label }
      return actual.isEmpty
        ? nil : Double(actual.intersection(claimed).count) / Double(actual.union(claimed).count)
    }
    return values.reduce(0, +) / Double(values.count)
  }
}

func share(_ part: Int, _ whole: Int) -> Double { Double(part) / Double(whole) }
