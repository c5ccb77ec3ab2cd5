import Catalog
import Protocol

extension Experiment {
  /// The order in which the units of a stage are given out: a seeded shuffle of the images in `sweep`, so that any prefix
  /// of it is a fair sample; as they are elsewhere.
  public func unitOrder(of stage: Stage) -> [UInt32] {
    let units = (0..<units(of: stage)).map { UInt32($0) }
    guard stage == .sweep else { return units }
    var generator = SeededGenerator(seed: seed, UInt64(naming: "image order"))
    return generator.sample(units.count, of: units)
  }

  /// All trials of a stage, ascending.
  public func trials(of stage: Stage) -> [TrialID] {
    let perUnit = trialsPerUnit(of: stage)
    return (0..<units(of: stage)).flatMap { unit in
      (0..<perUnit).map { TrialID(stage: stage, unit: UInt32(unit), variant: UInt32($0)) }
    }
  }
}
