import Catalog
import Protocol

/// The trials of one stage and where each stands.
struct TrialTable: Hashable, Sendable {
  let stage: Stage
  let units: Int
  /// How many trials each unit has.
  let perUnit: Int
  /// The units in the order in which they are given out.
  private let order: [UInt32]
  /// [position in `order`] of each unit
  private let position: [Int]
  /// [unit × perUnit]
  private var states: [TrialState]
  private var waitingInUnit: [Int]
  /// No unit before this position has a waiting trial.
  private var firstPosition = 0

  /// How many trials are in each state.
  private(set) var waiting: Int
  private(set) var leased = 0
  private(set) var committing = 0
  private(set) var committed = 0
  private(set) var quarantined = 0

  init(stage: Stage, order: [UInt32], perUnit: Int) {
    self.stage = stage
    self.order = order
    self.perUnit = perUnit
    units = order.count
    var position = [Int](repeating: 0, count: order.count)
    for (place, unit) in order.enumerated() { position[Int(unit)] = place }
    self.position = position
    states = Array(repeating: .waiting(Attempts()), count: order.count * perUnit)
    waitingInUnit = Array(repeating: perUnit, count: order.count)
    waiting = states.count
  }

  /// How many trials there are.
  var count: Int { states.count }
  /// Whether every trial is committed or quarantined.
  var isComplete: Bool { committed + quarantined == states.count }

  /// Whether the stage has this trial.
  func contains(_ trial: TrialID) -> Bool {
    trial.stage == stage && Int(trial.unit) < units && Int(trial.variant) < perUnit
  }

  private func index(_ trial: TrialID) -> Int { Int(trial.unit) * perUnit + Int(trial.variant) }

  /// Where a trial of the stage stands.
  subscript(trial: TrialID) -> TrialState {
    get { states[index(trial)] }
    set {
      count(states[index(trial)], -1, in: trial.unit)
      count(newValue, 1, in: trial.unit)
      states[index(trial)] = newValue
    }
  }

  private mutating func count(_ state: TrialState, _ change: Int, in unit: UInt32) {
    switch state {
    case .waiting:
      waiting += change
      waitingInUnit[Int(unit)] += change
      if change > 0 { firstPosition = min(firstPosition, position[Int(unit)]) }
      while firstPosition < order.count, waitingInUnit[Int(order[firstPosition])] == 0 { firstPosition += 1 }
    case .leased: leased += change
    case .committing: committing += change
    case .committed: committed += change
    case .quarantined: quarantined += change
    }
  }

  /// The trials of a unit.
  func trials(of unit: UInt32) -> [TrialID] {
    (0..<perUnit).map { TrialID(stage: stage, unit: unit, variant: UInt32($0)) }
  }

  /// The waiting trials of a unit, ascending.
  func waitingTrials(of unit: UInt32) -> [(trial: TrialID, attempts: Attempts)] {
    trials(of: unit).compactMap { trial in
      guard case .waiting(let attempts) = self[trial] else { return nil }
      return (trial, attempts)
    }
  }

  /// The first result that `choose` finds among the units with waiting trials, in order.
  func first<Found>(_ choose: (UInt32) -> Found?) -> Found? {
    for unit in order[firstPosition...] where waitingInUnit[Int(unit)] > 0 {
      if let found = choose(unit) { return found }
    }
    return nil
  }

  /// The quarantined trials with their reasons, in order.
  var gaps: [(trial: TrialID, error: String)] {
    guard quarantined > 0 else { return [] }
    return (0..<units).flatMap { unit in
      trials(of: UInt32(unit)).compactMap { trial in
        guard case .quarantined(let error) = self[trial] else { return nil }
        return (trial, error)
      }
    }
  }
}
