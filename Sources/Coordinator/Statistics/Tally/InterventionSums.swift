/// Integer sums of an intervention over the images that are complete for it: they do not depend on the order in which
/// outcomes arrive.
struct InterventionSums: Hashable, Sendable {
  /// Images whose baseline and treatment are in.
  var images = 0
  /// Images whose baseline and all control and thinned arms are in.
  var contrastImages = 0
  var treatment = ArmEdges()
  var thinned = ArmEdges()
  var control = ArmEdges()
  /// [cluster].
  var sets: [SetSums]
  /// [cluster][site], flat.
  var sites: [SiteSums]
  /// [site]: classes under the treatment, over all images.
  var classes: [ClassSums]
  /// [site]: classes in the baselines of the same images.
  var baselineClasses: [ClassSums]

  init(clusters: Int, sites: Int, classes: Int) {
    sets = Array(repeating: SetSums(), count: clusters)
    self.sites = Array(repeating: SiteSums(), count: clusters * sites)
    self.classes = Array(repeating: ClassSums(classes: classes), count: sites)
    baselineClasses = self.classes
  }

  /// Edges of one arm, in one layer and head.
  struct ArmEdges: Hashable, Sendable {
    /// Edges edited.
    var effective = 0
    /// Edges that the treatment has, which this arm was to match.
    var toMatch = 0
    /// Sum of grid distances over the edges edited.
    var distance = 0
  }

  /// Sizes of sets in one cluster.
  struct SetSums: Hashable, Sendable {
    var valid = 0
    var wrong = 0
    var targetWrong = 0
    var targetCorrect = 0
    /// The same for the control contrast, summed over the draws.
    var drawsWrong = 0
    var drawsTargetWrong = 0
    var drawsTargetCorrect = 0
  }

  /// Changes at one site in one cluster; *change* is under the treatment minus in the baseline, token for token.
  struct SiteSums: Hashable, Sendable {
    /// Of correct tokens.
    var correctChange = 0
    /// W ∩ correct under the treatment, and in the baseline.
    var recovered = 0
    var baselineRecovered = 0
    /// T ∩ W ∩ correct, and its change.
    var targetRecovered = 0
    var targetRecoveredChange = 0
    /// Change of T ∩ C ∩ wrong.
    var targetRelapsedChange = 0
    /// Summed over draws: thinned treatment minus control, of T ∩ W ∩ correct and of T ∩ C ∩ wrong.
    var contrastRecovered = 0
    var contrastRelapsed = 0
    /// Summed over draws: control minus baseline, of the same.
    var controlRecoveredChange = 0
    var controlRelapsedChange = 0
    /// Summed over draws: W ∩ correct under the control.
    var controlRecovered = 0
  }
}
