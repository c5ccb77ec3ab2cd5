import Catalog

/// The arms as they are exported, beside their draws: the baseline is one, too.
enum ExportedArm: Int, CaseIterable, CustomStringConvertible {
  case baseline, treatment, thinned, control

  /// A variant's arm and its draw, counted from 1; 0 where nothing is drawn.
  static func of(_ variant: Variant?) -> (arm: ExportedArm, draw: Int) {
    switch variant?.arm {
    case nil: (.baseline, 0)
    case .treatment: (.treatment, 0)
    case .thinned(let draw): (.thinned, draw + 1)
    case .control(let draw): (.control, draw + 1)
    }
  }

  var description: String {
    switch self {
    case .baseline: "baseline"
    case .treatment: "treatment"
    case .thinned: "thinned"
    case .control: "control"
    }
  }
}
