import Catalog

extension TokenSet {
  /// The rows of the sequence that belong to this set; `entering` is the site before the knockout's window.
  ///
  /// Throws a ``KnockoutError`` if a site has no predictions or a position lies outside the sequence.
  func resolve(in context: TokenContext, entering: Site) throws(KnockoutError) -> RowSet {
    switch self {
    case .image: return RowSet(count: context.rows, context.imageRows)
    case .prefix: return RowSet(count: context.rows, 0..<context.prefix)
    case .suffix: return RowSet(count: context.rows, context.imageRows.upperBound..<context.rows)
    case .bos: return RowSet(count: context.rows, context.bos.map { [$0] } ?? [])
    case .correct(let reading):
      let predictions = try context.read(reading, entering)
      return context.select { token, gold in gold == predictions[token] }
    case .wrong(let reading):
      let predictions = try context.read(reading, entering)
      return context.select { token, gold in gold != predictions[token] }
    case .gold(let index): return context.select { _, gold in Int(gold) == index }
    case .predicted(let index, let reading):
      let predictions = try context.read(reading, entering)
      let tokens = predictions.indices.filter { Int(predictions[$0]) == index }
      return RowSet(count: context.rows, tokens.map { context.prefix + $0 })
    case .tokens(let positions):
      if let outside = positions.first(where: { $0 >= context.rows }) {
        throw KnockoutError(
          description: "token \(outside) lies outside the sequence of \(context.rows) tokens around and in the image")
      }
      return RowSet(count: context.rows, positions)
    case .union(let parts):
      var rows = RowSet(count: context.rows)
      for part in parts { rows.formUnion(try part.resolve(in: context, entering: entering)) }
      return rows
    case .intersection(let parts):
      var rows = RowSet(count: context.rows, 0..<context.rows)
      for part in parts { rows.formIntersection(try part.resolve(in: context, entering: entering)) }
      return rows
    case .complement(let part):
      var rows = RowSet(count: context.rows, 0..<context.rows)
      rows.subtract(try part.resolve(in: context, entering: entering))
      return rows
    }
  }
}

extension TokenContext {
  fileprivate func read(_ reading: TokenSet.Reading, _ entering: Site) throws(KnockoutError) -> [UInt16] {
    let site =
      switch reading {
      case .reference: reference
      case .site(let site): site
      case .window: entering
      }
    guard let predictions = predictions[site] else {
      throw KnockoutError(description: "a token set asks for predictions at \(site), which has no probe")
    }
    return predictions
  }

  /// The rows of tokens with a gold class for which `condition(token, gold)` holds.
  fileprivate func select(_ condition: (Int, UInt16) -> Bool) -> RowSet {
    let tokens = gold.indices.filter { gold[$0] != Self.void && condition($0, gold[$0]) }
    return RowSet(count: rows, tokens.map { prefix + $0 })
  }
}

extension Relation {
  /// Whether the relation holds between the tokens at two rows. `reference` are predictions at the reference site.
  func holds(query: Int, key: Int, in context: TokenContext, reference: [UInt16]?) -> Bool {
    switch self {
    case .within(let radius): return context.distance(query, key).map { $0 <= radius } ?? false
    case .beyond(let radius): return context.distance(query, key).map { $0 > radius } ?? false
    case .sameGold: return context.goldClass(query).map { $0 == context.goldClass(key) } ?? false
    case .otherGold:
      guard let a = context.goldClass(query), let b = context.goldClass(key) else { return false }
      return a != b
    case .anchor:
      guard let keyGold = context.correctGold(key, reference) else { return false }
      return context.goldClass(query) == keyGold
    case .rival:
      guard let keyGold = context.correctGold(key, reference), let token = context.token(query),
        context.goldClass(query) != nil
      else { return false }
      return reference?[token] == keyGold
    }
  }

  /// Whether the relation needs predictions at the reference.
  var needsReference: Bool { self == .anchor || self == .rival }
}

extension TokenContext {
  /// The gold class of a row that the reference predicts correctly, else nil.
  fileprivate func correctGold(_ row: Int, _ reference: [UInt16]?) -> UInt16? {
    guard let gold = goldClass(row), let token = token(row), reference?[token] == gold else { return nil }
    return gold
  }
}
