import Catalog
import Protocol

/// Counts one image's predictions: all that metrics are made of.
struct Counting {
  let classes: Int
  /// [image token]
  let gold: [UInt16]
  /// The baseline's predictions, [image token] per site.
  let baseline: [Site: [UInt16]]
  /// W: wrong at the reference in the baseline.
  private let wrong: [Bool]
  /// C: correct there.
  private let correct: [Bool]

  init(classes: Int, gold: [UInt16], baseline: [Site: [UInt16]], reference: Site) {
    self.classes = classes
    self.gold = gold
    self.baseline = baseline
    let outcome = baseline[reference] ?? []
    wrong = gold.indices.map { gold[$0] != CellResults.void && outcome[$0] != gold[$0] }
    correct = gold.indices.map { gold[$0] != CellResults.void && outcome[$0] == gold[$0] }
  }

  /// The results of one variant. `predictions` are [image token] per site, `targets` the image tokens in T, ascending.
  func results(
    _ predictions: [Site: [UInt16]], targets: [Int], edges: CellResults.EdgeCounts, isBaseline: Bool
  ) -> CellResults {
    let sites = predictions.keys.sorted()
    let inTarget = Set(targets)
    return CellResults(
      sites: sites, predictions: sites.map { predictions[$0] ?? [] }, gold: isBaseline ? gold : [],
      targets: targets.map(UInt32.init), edges: edges,
      sets: CellResults.SetCounts(
        valid: count { gold[$0] != CellResults.void }, wrong: count { wrong[$0] }, correct: count { correct[$0] },
        targetWrong: count { wrong[$0] && inTarget.contains($0) },
        targetCorrect: count { correct[$0] && inTarget.contains($0) }, gold: perClass(gold) { _ in true }),
      counts: sites.map { site in
        self.site(predictions[site] ?? [], baseline: baseline[site] ?? [], inTarget)
      })
  }

  private func site(_ now: [UInt16], baseline: [UInt16], _ target: Set<Int>) -> CellResults.SiteCounts {
    func hit(_ token: Int) -> Bool { gold[token] == now[token] }
    func baselineHit(_ token: Int) -> Bool { gold[token] == baseline[token] }
    return CellResults.SiteCounts(
      correct: count { gold[$0] != CellResults.void && hit($0) },
      recovered: count { wrong[$0] && hit($0) },
      relapsed: count { correct[$0] && !hit($0) },
      targetRecovered: count { wrong[$0] && target.contains($0) && hit($0) },
      targetRelapsed: count { correct[$0] && target.contains($0) && !hit($0) },
      baselineTargetRecovered: count { wrong[$0] && target.contains($0) && baselineHit($0) },
      baselineTargetRelapsed: count { correct[$0] && target.contains($0) && !baselineHit($0) },
      intersection: perClass(gold, where: hit),
      predicted: perClass(now) { gold[$0] != CellResults.void })
  }

  private func count(_ condition: (Int) -> Bool) -> UInt32 {
    UInt32(gold.indices.reduce(0) { $0 + (condition($1) ? 1 : 0) })
  }

  /// How many tokens satisfy the condition, by class.
  private func perClass(_ labels: [UInt16], where condition: (Int) -> Bool) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: classes)
    for token in labels.indices where Int(labels[token]) < classes && condition(token) {
      counts[Int(labels[token])] += 1
    }
    return counts
  }
}
