import Catalog

/// Reads the name of a site and checks that the model has it.
struct SiteReader {
  let facts: ModelFacts?

  /// The site; nil after reporting what is wrong.
  func read(_ value: SpecValue) -> Site? {
    guard let name = value.text() else { return nil }
    guard let site = Site(name) else {
      let names = facts.map { Site.all(of: $0).map(\.description) } ?? []
      let guess = Nearest.suggestion(for: name, among: names)
      value.fail("'\(name)' is not a site\(guess.isEmpty ? "; sites are vision.0, adapter, llm.1 and so on" : guess)")
      return nil
    }
    guard let facts else { return site }
    switch site {
    case .vision(let index) where index > facts.vision.layers:
      value.fail("the model has no site \(site): its vision sites are vision.0 to vision.\(facts.vision.layers)")
      return nil
    case .llm(let layer) where layer > facts.decoder.layers:
      value.fail("the model has no site \(site): its decoder sites are llm.1 to llm.\(facts.decoder.layers)")
      return nil
    default: return site
    }
  }
}

extension Site {
  /// Every site of a model, in order.
  static func all(of facts: ModelFacts) -> [Site] {
    (0...facts.vision.layers).map { .vision($0) } + [.adapter] + (1...facts.decoder.layers).map { .llm($0) }
  }
}
