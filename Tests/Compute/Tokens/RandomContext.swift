import Catalog

@testable import Compute

/// A made-up image's tokens: a grid that is not square, some void tokens, predictions that are right about half the time. In
/// every third sequence all tokens see each other, and some stand behind the image.
struct RandomContext {
  static let classes = 4
  static let sites: [Site] = [.vision(1), .adapter, .llm(1), .llm(2)]

  let context: TokenContext
  var generator: SeededGenerator

  init(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed), UInt64(naming: "context"))
    let grid = Grid(rows: 2 + generator.below(4), columns: 2 + generator.below(6))
    let gold = (0..<grid.tokens).map { _ in
      generator.below(5) == 0 ? TokenContext.void : UInt16(generator.below(Self.classes))
    }
    var predictions: [Site: [UInt16]] = [:]
    for site in Self.sites {
      predictions[site] = gold.map { label in
        generator.below(2) == 0 && label != TokenContext.void ? label : UInt16(generator.below(Self.classes))
      }
    }
    context = TokenContext(
      image: "image \(seed)", grid: grid, prefix: generator.below(5), suffix: seed % 3 == 0 ? generator.below(4) : 0,
      gold: gold, predictions: predictions, reference: .adapter, isCausal: seed % 3 != 0)
    self.generator = generator
  }

  /// A set of any kind, nested up to `depth`.
  mutating func set(depth: Int = 2) -> TokenSet {
    let reading = [TokenSet.Reading.reference, .window, .site(Self.sites[generator.below(Self.sites.count)])][
      generator.below(3)]
    switch generator.below(depth > 0 ? 12 : 9) {
    case 0: return .image
    case 1: return .prefix
    case 2: return .bos
    case 3: return .correct(reading)
    case 4: return .wrong(reading)
    case 5: return .gold(generator.below(Self.classes))
    case 6: return .predicted(generator.below(Self.classes), reading)
    case 7: return .tokens(generator.sample(1 + generator.below(5), of: Array(0..<context.rows)))
    case 8: return .suffix
    case 9: return .union([set(depth: depth - 1), set(depth: depth - 1)])
    case 10: return .intersection([set(depth: depth - 1), set(depth: depth - 1)])
    default: return .complement(set(depth: depth - 1))
    }
  }

  /// A knockout between any two sets.
  mutating func knockout(_ edit: Knockout.Edit? = nil, control: Knockout.MatchedControl? = nil) -> Knockout {
    let relations: [Relation] = [
      .sameGold, .otherGold, .anchor, .rival, .within(generator.below(3)), .beyond(generator.below(3)),
    ]
    return Knockout(
      name: "knockout \(generator.below(1000))", edit: edit ?? (generator.below(2) == 0 ? .block : .open),
      queries: set(),
      keys: set(), relations: generator.sample(generator.below(3), of: relations), windows: [Self.window],
      control: control)
  }

  /// A window that `llm.1` enters.
  static let window = LayerWindow(first: 2, last: 2)
}

/// What sets, relations and edges mean, written out for one row or one pair.
struct PlainMeaning {
  let context: TokenContext
  /// The site that enters the window.
  var entering = Site.llm(1)

  private func isImage(_ row: Int) -> Bool {
    row >= context.prefix && row < context.prefix + context.grid.rows * context.grid.columns
  }

  private func gold(_ row: Int) -> UInt16? {
    !isImage(row) || context.gold[row - context.prefix] == 65_535 ? nil : context.gold[row - context.prefix]
  }

  private func predicted(_ row: Int, _ reading: TokenSet.Reading) -> UInt16? {
    let site =
      switch reading {
      case .reference: Site.adapter
      case .window: entering
      case .site(let site): site
      }
    return !isImage(row) ? nil : context.predictions[site]?[row - context.prefix]
  }

  func isMember(_ row: Int, of set: TokenSet) -> Bool {
    switch set {
    case .image: isImage(row)
    case .prefix: row < context.prefix
    case .suffix: row >= context.prefix && !isImage(row)
    case .bos: row == (context.isCausal ? 0 : context.prefix + context.grid.rows * context.grid.columns)
    case .correct(let reading): gold(row) != nil && gold(row) == predicted(row, reading)
    case .wrong(let reading): gold(row) != nil && gold(row) != predicted(row, reading)
    case .gold(let label): gold(row) == UInt16(label)
    case .predicted(let label, let reading): predicted(row, reading) == UInt16(label)
    case .tokens(let rows): rows.contains(row)
    case .union(let parts): parts.contains { isMember(row, of: $0) }
    case .intersection(let parts): parts.allSatisfy { isMember(row, of: $0) }
    case .complement(let part): !isMember(row, of: part)
    }
  }

  func holds(_ relation: Relation, query: Int, key: Int) -> Bool {
    guard isImage(query), isImage(key) else { return false }
    let columns = context.grid.columns
    let (a, b) = (query - context.prefix, key - context.prefix)
    let distance = max(abs(a / columns - b / columns), abs(a % columns - b % columns))
    let isCorrect = gold(key) != nil && gold(key) == predicted(key, .reference)
    return switch relation {
    case .within(let radius): distance <= radius
    case .beyond(let radius): distance > radius
    case .sameGold: gold(query) != nil && gold(query) == gold(key)
    case .otherGold: gold(query) != nil && gold(key) != nil && gold(query) != gold(key)
    case .anchor: isCorrect && gold(query) == gold(key)
    case .rival: isCorrect && gold(query) != nil && predicted(query, .reference) == gold(key)
    }
  }

  /// Whether the edge is there (block), or missing among image tokens (open).
  func couldEdit(_ knockout: Knockout, query: Int, key: Int) -> Bool {
    let exists = key < query || !context.isCausal
    return query != key && (knockout.edit == .block ? exists : !exists && isImage(query) && isImage(key))
  }

  /// Whether the knockout edits query → key.
  func edits(_ knockout: Knockout, query: Int, key: Int) -> Bool {
    couldEdit(knockout, query: query, key: key) && isMember(query, of: knockout.queries)
      && isMember(key, of: knockout.keys)
      && knockout.relations.allSatisfy { holds($0, query: query, key: key) }
  }
}
