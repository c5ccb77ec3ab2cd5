import Catalog
import Protocol

/// The numbers that one experiment's trials have in another: images are known by their names and paths, variants by what they
/// compute.
///
/// ``StageInputs`` hold the names of training images, enough within a run but not between two, and the digests of what `extract`
/// returned: so shards are compared here, and sites have equal numbers where the inputs are equal.
struct TrialMapping {
  /// [evaluation image of the one]: its number in the other; nil if it is not there.
  let units: [UInt32?]
  /// [variant of the one, the baseline first]: its number in the other; nil if it is not there.
  let variants: [UInt32?]
  /// Whether both train on the same files.
  private let isTrainingShared: Bool

  init(from one: Experiment, to other: Experiment) {
    units = Self.places(of: one.data.evaluate.map(Files.init), in: other.data.evaluate.map(Files.init))
    variants = Self.places(of: one.variantContents, in: other.variantContents)
    isTrainingShared = one.data.train.map(Files.init) == other.data.train.map(Files.init)
  }

  /// Whether every trial of the sweep keeps its number.
  var isIdentity: Bool { [units, variants].allSatisfy { $0.enumerated().allSatisfy { $1 == UInt32($0) } } }

  /// The number in the other experiment of a trial of the one; nil if the other has no such trial.
  subscript(trial: TrialID) -> TrialID? {
    switch trial.stage {
    case .extract: return isTrainingShared ? trial : nil
    case .fit: return trial
    case .sweep: break
    }
    guard let unit = Int(exactly: trial.unit), let variant = Int(exactly: trial.variant),
      units.indices.contains(unit), variants.indices.contains(variant),
      let newUnit = units[unit], let newVariant = variants[variant]
    else { return nil }
    return TrialID(stage: .sweep, unit: newUnit, variant: newVariant)
  }

  /// What an outcome depends on of an image: the name seeds draws. Not the cluster, which only statistics use.
  private struct Files: Hashable {
    let name, image, mask: String
    init(_ image: LabelledImage) { (name, self.image, mask) = (image.name, image.image, image.mask) }
  }

  private static func places<Item: Hashable>(of items: [Item], in others: [Item]) -> [UInt32?] {
    let places = Dictionary(others.enumerated().map { ($1, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
    return items.map { places[$0] }
  }
}
