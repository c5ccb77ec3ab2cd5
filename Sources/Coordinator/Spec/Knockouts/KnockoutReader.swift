import Catalog

/// Reads one knockout's mapping; what is not known (nil) is not checked against.
struct KnockoutReader {
  /// What a knockout is read for.
  enum Purpose {
    case sweep
    /// One forward without labels and probes; the name if the mapping gives none.
    case trace(name: String)
  }

  let purpose: Purpose
  let facts: ModelFacts?
  let classes: [String]?
  let prompt: Prompt?

  private static let keys = ["name", "block", "open", "windows", "heads", "control", "refit"]
  /// Parts of the design that this version refuses.
  private static let unsupported = ["zero", "mean", "conflicting"]
  static let drawLimit = 1_000

  /// A knockout with the places of its parts for later checks; nil where it cannot be put together. What is wrong is reported.
  func read(_ value: SpecValue) -> PlacedKnockout? {
    guard let mapping = value.mapping(keys: Self.keys + Self.unsupported) else { return nil }
    let refused = Self.unsupported.compactMap { mapping[$0] }
    for entry in refused { entry.fail("is not supported by this version; use block or open") }
    if let refit = mapping["refit"], refit.flag() == true {
      refit.fail("probes refitted on a variant's own features are not supported by this version; leave it out")
    }
    let name = name(mapping)
    let edit = refused.isEmpty ? self.edit(mapping) : nil
    let windows = mapping.required("windows", "all, {width: 1, stride: 1} or a list such as [[1, 8]]")
      .flatMap { WindowReader(layers: facts?.decoder.layers).read($0) }
    let heads = mapping["heads"].flatMap { self.heads($0) } ?? .all
    let control = mapping["control"].flatMap { self.control($0) }
    if case .trace = purpose, let windows, windows.count != 1 {
      mapping["windows"]?.fail("names \(windows.count) windows, but a trace needs exactly one")
    }
    guard let name, let edit, let windows else { return nil }
    let knockout = Knockout(
      name: name, edit: edit.kind, queries: edit.queries.set, keys: edit.keys.set, relations: edit.relations,
      windows: windows, heads: heads, control: control.map { .init(draws: $0.draws, from: $0.from?.set) })
    return PlacedKnockout(
      knockout: knockout, name: mapping["name"], windows: mapping["windows"],
      sets: [edit.queries, edit.keys] + (control?.from.map { [$0] } ?? []), relations: edit.relationsPlace)
  }

  private func name(_ mapping: SpecMapping) -> String? {
    if case .trace(let fallback) = purpose, mapping["name"] == nil { return fallback }
    guard let value = mapping.required("name", "a name for tables and figures"), let name = value.text() else {
      return nil
    }
    guard name.count <= 100, !name.contains(where: \.isNewline) else {
      value.fail("is longer than 100 characters or one line")
      return nil
    }
    guard name != "baseline" else {
      value.fail("'baseline' is the name of the variant that edits nothing; choose another")
      return nil
    }
    return name
  }

  private func edit(_ mapping: SpecMapping) -> Edit? {
    let present = Knockout.Edit.allCases.filter { mapping[$0.rawValue] != nil }
    guard present.count == 1, let kind = present.first, let value = mapping[kind.rawValue] else {
      let sentence = present.isEmpty ? "has neither block nor open; write one" : "has both block and open; keep one"
      mapping.diagnostics.report(line: mapping.line, key: mapping.key.isEmpty ? nil : mapping.key, sentence)
      return nil
    }
    guard let inner = value.mapping(keys: ["queries", "keys", "where"]) else { return nil }
    if kind == .open, facts?.decoder.isCausal == false {
      value.fail(
        "open adds edges that are missing among image tokens, and in this model none is: image and prompt all see each "
          + "other; use block")
      return nil
    }
    let queries = inner.required("queries", "a token set such as wrong").flatMap { sets.read($0) }
    let keys = inner.required("keys", "a token set such as correct").flatMap { sets.read($0) }
    let relations = inner["where"].map { sets.relations($0) } ?? []
    guard let queries, let keys, let relations else { return nil }
    return Edit(kind: kind, queries: queries, keys: keys, relations: relations, relationsPlace: inner["where"])
  }

  private var sets: TokenSetReader {
    TokenSetReader(purpose: purpose, classes: classes, facts: facts, prompt: prompt)
  }

  private func heads(_ value: SpecValue) -> HeadSet? {
    if value.isWord("all") { return .all }
    guard value.isList, let items = value.list(of: "heads") else {
      value.fail("is \(value.shown), but all or a list of heads such as [0, 3] is expected here")
      return nil
    }
    guard !items.isEmpty else {
      value.fail("names no head; write all or a list such as [0, 3]")
      return nil
    }
    let last = facts.map { $0.decoder.heads - 1 }
    var heads: [Int] = []
    for item in items {
      guard let head = item.integer(in: 0...Int.max) else { continue }
      if let last, head > last {
        item.fail("there is no head \(head): the model's heads are 0 to \(last)")
      } else if heads.contains(head) {
        item.fail("head \(head) stands in the list twice")
      } else {
        heads.append(head)
      }
    }
    return heads.count == items.count ? .some(heads.sorted()) : nil
  }

  private func control(_ value: SpecValue) -> Control? {
    if case .trace = purpose {
      value.fail("a trace computes the knockout alone; leave control out")
      return nil
    }
    guard let mapping = value.mapping(keys: ["matched"]),
      let matched = mapping.required("matched", "{draws: 5}"), let inner = matched.mapping(keys: ["draws", "from"]),
      let draws = inner["draws"].map({ $0.integer(in: 1...Self.drawLimit) }) ?? 5
    else { return nil }
    return Control(draws: draws, from: inner["from"].flatMap { sets.read($0) })
  }

  private struct Edit {
    let kind: Knockout.Edit
    let queries: PlacedSet
    let keys: PlacedSet
    let relations: [Relation]
    let relationsPlace: SpecValue?
  }

  private struct Control {
    let draws: Int
    let from: PlacedSet?
  }
}

/// A token set with its place in the spec.
struct PlacedSet {
  let set: TokenSet
  let place: SpecValue
}

/// A knockout with the places of its parts in the spec.
struct PlacedKnockout {
  let knockout: Knockout
  let name: SpecValue?
  let windows: SpecValue?
  let sets: [PlacedSet]
  let relations: SpecValue?
}
