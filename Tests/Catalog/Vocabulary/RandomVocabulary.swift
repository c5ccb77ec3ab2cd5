import Catalog

extension SeededGenerator {
  /// Any site.
  mutating func site() -> Site {
    switch below(3) {
    case 0: .vision(below(30))
    case 1: .adapter
    default: .llm(1 + below(40))
    }
  }

  mutating func reading() -> TokenSet.Reading {
    switch below(3) {
    case 0: .reference
    case 1: .window
    default: .site(site())
    }
  }

  /// Any token set whose classes are below `classes`; unions and intersections have two parts or more, as parsed ones do.
  mutating func tokenSet(classes: Int, depth: Int = 4) -> TokenSet {
    switch below(depth == 0 ? 9 : 12) {
    case 0: return .image
    case 1: return .prefix
    case 2: return .bos
    case 3: return .correct(reading())
    case 4: return .wrong(reading())
    case 5: return .gold(below(classes))
    case 6: return .predicted(below(classes), reading())
    case 7: return .tokens((0..<1 + below(4)).map { _ in below(600) })
    case 8: return .suffix
    case 9: return .union((0..<2 + below(3)).map { _ in tokenSet(classes: classes, depth: depth - 1) })
    case 10: return .intersection((0..<2 + below(3)).map { _ in tokenSet(classes: classes, depth: depth - 1) })
    default: return .complement(tokenSet(classes: classes, depth: depth - 1))
    }
  }

  mutating func relation() -> Relation {
    [.sameGold, .otherGold, .anchor, .rival, .within(below(30)), .beyond(below(30))][below(6)]
  }

  mutating func window() -> LayerWindow {
    let first = 1 + below(30)
    return LayerWindow(first: first, last: first + below(8))
  }

  mutating func knockout(_ index: Int) -> Knockout {
    Knockout(
      name: "knockout \(index) \"quoted\" / ü", edit: Knockout.Edit.allCases[below(2)], queries: tokenSet(classes: 9),
      keys: tokenSet(classes: 9), relations: (0..<below(3)).map { _ in relation() },
      windows: (0..<1 + below(4)).map { _ in window() },
      heads: below(2) == 0 ? .all : .some((0..<1 + below(3)).map { _ in below(32) }),
      control: below(2) == 0 ? nil : .init(draws: 1 + below(4), from: below(2) == 0 ? nil : tokenSet(classes: 9)))
  }

  /// An experiment in which every part varies.
  mutating func experiment() -> Experiment {
    func images(_ count: Int, _ split: String) -> [LabelledImage] {
      (0..<count).map {
        LabelledImage(
          name: "\(split)\($0)", image: "/d/\(split)/\($0).jpg", mask: "/m/\(split)/\($0).png", cluster: "c\($0 / 2)")
      }
    }
    return Experiment(
      name: "random",
      model: Experiment.Model(
        directory: "/models/tiny", identity: Digest(of: [UInt8(below(256))]), prefixTokenIDs: [1, below(64)],
        suffixTokenIDs: below(2) == 0 ? nil : [2, below(64)], layers: 40, visionLayers: 29,
        featureSite: .vision(below(29)), grid: Grid(rows: 1 + below(24), columns: 1 + below(24))),
      data: Experiment.Data(
        classes: (0..<9).map { "class \($0)" }, labels: (0..<9).map { [$0, 9 + below(200)] }, void: [255],
        encoding: LabelEncoding.allCases[below(2)], geometry: Experiment.Data.Geometry.allCases[below(4)],
        train: images(below(20), "train"),
        evaluate: images(1 + below(20), "val")),
      probes: Experiment.Probes(
        sites: Set((0..<5).map { _ in site() }).sorted(), method: Experiment.Probes.Method.allCases[below(3)],
        targets: Experiment.Probes.Targets.allCases[below(2)], l2: [1e-5, uniform()], tokensPerImage: 1 + below(64),
        file: below(2) == 0 ? nil : "/probes.safetensors"),
      reference: site(), knockouts: (0..<below(5)).map { knockout($0) }, horizon: below(2) == 0 ? nil : below(8),
      compute: .init(kernel: below(2) == 0 ? .uniform : .any, dtype: below(2) == 0 ? .f32 : .bf16), seed: next())
  }
}
