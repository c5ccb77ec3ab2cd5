import Catalog

/// Reads token sets and relations.
struct TokenSetReader {
  let purpose: KnockoutReader.Purpose
  /// nil if the classes could not be read: then sets that are text are not checked.
  let classes: [String]?
  let facts: ModelFacts?
  let prompt: Prompt?

  /// The set; nil after reporting what is wrong.
  func read(_ value: SpecValue) -> PlacedSet? {
    guard let set = value.isMapping ? positions(value) : text(value) else { return nil }
    guard hasPositions(set, value), hasText(set, value) else { return nil }
    if case .trace = purpose, let part = set.firstNeedingLabels {
      failNeedingLabels(part.text(classes: []), value)
      return nil
    }
    return PlacedSet(set: set, place: value)
  }

  /// One relation or a list of them.
  func relations(_ value: SpecValue) -> [Relation]? {
    guard let items = value.isList ? value.list(of: "relations") : [value] else { return nil }
    var relations: [Relation] = []
    for item in items {
      guard let name = item.text() else { continue }
      guard let relation = Relation(name) else {
        let guess = Nearest.suggestion(for: name, among: Relation.names)
        item.fail(
          "'\(name)' is not a relation\(guess.isEmpty ? "; there are \(Relation.names.joined(separator: ", "))" : guess)"
        )
        continue
      }
      if case .trace = purpose, relation.needsLabels {
        item.fail("'\(relation)' needs labels, which a trace does not have; use within(r) or beyond(r)")
        continue
      }
      guard !relations.contains(relation) else {
        item.fail("'\(relation)' stands in the list twice")
        continue
      }
      relations.append(relation)
    }
    return relations.count == items.count ? relations : nil
  }

  private func positions(_ value: SpecValue) -> TokenSet? {
    guard let mapping = value.mapping(keys: ["tokens"]),
      let items = mapping.required("tokens", "a list of positions such as [0, 5]")?.list(of: "positions")
    else { return nil }
    let positions = items.compactMap { $0.integer(in: 0...Int.max) }
    return positions.count == items.count ? .tokens(positions) : nil
  }

  private func text(_ value: SpecValue) -> TokenSet? {
    guard let text = value.text() else { return nil }
    do {
      switch purpose {
      case .sweep: return try classes.map { try TokenSet(parsing: text, classes: $0) }
      case .trace: return try TokenSet(parsing: text, classes: [])
      }
    } catch let error as TokenSet.ParseError {
      if case .trace = purpose, ["gold(", "predicted("].contains(where: text.contains) {
        failNeedingLabels(text, value)
      } else {
        value.fail(error.description)
      }
    } catch {
      value.fail("\(error)")
    }
    return nil
  }

  private func failNeedingLabels(_ part: String, _ value: SpecValue) {
    value.fail(
      "'\(part)' needs labels and probes, which a trace does not have; use image, prefix, bos or {tokens: [..]}")
  }

  /// Whether every position named in `set` is in the sequence.
  private func hasPositions(_ set: TokenSet, _ value: SpecValue) -> Bool {
    for case .tokens(let positions) in set.leaves {
      if positions.isEmpty {
        value.fail("names no token")
        return false
      }
      if let facts, let prompt {
        let tokens = prompt.count + facts.grid.tokens
        let parts = facts.decoder.isCausal ? "prefix and image" : "prefix, image and suffix"
        if let beyond = positions.first(where: { $0 >= tokens }) {
          value.fail("there is no token \(beyond): the sequence of \(parts) has the tokens 0 to \(tokens - 1)")
          return false
        }
      }
    }
    return true
  }

  /// Whether the parts of the prompt that are named in `set` are in the sequence.
  private func hasText(_ set: TokenSet, _ value: SpecValue) -> Bool {
    guard let facts, let prompt else { return true }
    let named = Set(set.leaves)
    if facts.decoder.isCausal {
      guard named.contains(.suffix) else { return true }
      value.fail(
        "'suffix' names no token: what stands behind the image cannot influence it in this model, whose attention is causal"
      )
      return false
    }
    if prompt.prefix.isEmpty, named.contains(.prefix) {
      value.fail("'prefix' names no token: this model's prompt stands behind the image; use suffix, or bos")
      return false
    }
    if prompt.suffix.isEmpty, let part = [TokenSet.suffix, .bos].first(where: named.contains) {
      value.fail("'\(part.text(classes: []))' names no token: suffix_token_ids is empty")
      return false
    }
    return true
  }
}

extension TokenSet {
  /// The sets that it is made of.
  fileprivate var leaves: [TokenSet] {
    switch self {
    case .union(let parts), .intersection(let parts): parts.flatMap(\.leaves)
    case .complement(let part): part.leaves
    case .image, .prefix, .suffix, .bos, .tokens, .correct, .wrong, .gold, .predicted: [self]
    }
  }

  /// The first part that cannot be resolved without labels or predictions.
  fileprivate var firstNeedingLabels: TokenSet? {
    leaves.first { leaf in
      switch leaf {
      case .correct, .wrong, .gold, .predicted: true
      default: false
      }
    }
  }
}

extension Relation {
  fileprivate var needsLabels: Bool {
    switch self {
    case .within, .beyond: false
    case .sameGold, .otherGold, .anchor, .rival: true
    }
  }
}
