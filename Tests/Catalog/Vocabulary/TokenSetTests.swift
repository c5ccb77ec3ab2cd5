import Catalog
import Foundation
import Testing

struct TokenSetTests {
  private static let classes = ["sky", "road", "chest of drawers", "7", "tree-top", "a|b", "ü", "x&y", "!"]

  @Test(arguments: 0..<20) func `a set's text reads back as the same set`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let set = random.tokenSet(classes: Self.classes.count)
      let named = set.text(classes: Self.classes)
      #expect(try TokenSet(parsing: named, classes: Self.classes) == set, "\(named)")
      #expect(try TokenSet(parsing: set.text(classes: []), classes: []) == set)
      let json = try JSONEncoder().encode([set])
      #expect(try JSONDecoder().decode([TokenSet].self, from: json) == [set])
      // White space around marks means nothing.
      let spaced = named.replacingOccurrences(of: " & ", with: "&").replacingOccurrences(of: " | ", with: "\n |  ")
      #expect(try TokenSet(parsing: "  \(spaced) ", classes: Self.classes) == set)
    }
  }

  @Test func `and binds tighter than or, and not tightest`() throws {
    func parse(_ text: String) throws -> TokenSet { try TokenSet(parsing: text, classes: Self.classes) }
    #expect(try parse("image | bos & prefix") == .union([.image, .intersection([.bos, .prefix])]))
    #expect(try parse("suffix & !bos") == .intersection([.suffix, .complement(.bos)]))
    #expect(try parse("!bos & prefix") == .intersection([.complement(.bos), .prefix]))
    #expect(try parse("!(bos & prefix)") == .complement(.intersection([.bos, .prefix])))
    #expect(try parse("((bos))") == .bos)
    #expect(try parse("gold( road )") == .gold(1))
    #expect(try parse("predicted(7)@window") == .predicted(3, .window))
  }

  @Test(arguments: [
    (
      "",
      "'' is not a token set: '' is none of image, prefix, suffix, bos, correct, wrong, gold(CLASS), predicted(CLASS), "
        + "tokens(0, 1)"
    ),
    (
      "wrong &",
      "'wrong &' is not a token set: '' is none of image, prefix, suffix, bos, correct, wrong, gold(CLASS), predicted(CLASS), "
        + "tokens(0, 1)"
    ),
    ("wrong correct", "'wrong correct' is not a token set: 'correct' is left over"),
    ("(wrong", "'(wrong' is not a token set: a ')' is missing"),
    ("gold", "'gold' is not a token set: a '(' is missing"),
    ("gold(rod)", "'gold(rod)' is not a token set: there is no class 'rod'; did you mean 'road'?"),
    ("gold(1)", "'gold(1)' is not a token set: there is no class '1'; did you mean '7'?"),
    ("wrong@llm.0", "'wrong@llm.0' is not a token set: 'llm.0' is not a site; write @adapter, @llm.3 or @window"),
    ("tokens(1, -2)", "'tokens(1, -2)' is not a token set: ' -2' is not a position"),
  ])
  func `what is not a set is refused with a reason`(text: String, reason: String) {
    #expect {
      try TokenSet(parsing: text, classes: Self.classes)
    } throws: { error in
      "\(error)" == reason
    }
  }

  @Test func `depth is bounded, so no text can exhaust the stack`() {
    for mark in ["!", "("] {
      #expect(throws: TokenSet.ParseError.self) {
        try TokenSet(parsing: String(repeating: mark, count: 100_000) + "bos", classes: [])
      }
    }
  }

  @Test func `a set knows the sites whose predictions it needs`() {
    let set = TokenSet.union([
      .intersection([.wrong(.reference), .complement(.correct(.window))]), .predicted(2, .site(.llm(9))), .gold(1),
      .image,
    ])
    #expect(set.sites(reference: .adapter, entering: .llm(3)) == [.adapter, .llm(3), .llm(9)])
  }
}

struct RelationTests {
  @Test func `every relation's name reads back`() {
    let relations: [Relation] = [.sameGold, .otherGold, .anchor, .rival, .within(0), .beyond(12)]
    for relation in relations { #expect(Relation(relation.description) == relation) }
    #expect(Relation(" anchor ") == .anchor)
    #expect(relations.map(\.description) == ["same-gold", "other-gold", "anchor", "rival", "within(0)", "beyond(12)"])
  }

  @Test(arguments: [
    "", "anchors", "within", "within()", "within(-1)", "within(1.5)", "within(1", "near(2)", "(2)", ")", "within(2)x",
  ])
  func `what is not a relation is none`(name: String) { #expect(Relation(name) == nil) }
}
