import Catalog
import Coordinator
import Foundation

/// What people write.
extension FuzzTarget {
  static let specs = [
    FuzzTarget(name: "spec") {
      try examples()
    } read: { data in
      let folder = Scratch()
      _ = try Spec.load(file: folder.write(data, as: "spec.yaml"))
    },
    FuzzTarget(name: "knockout") {
      try Fixtures.all("models/multi-head/knockouts", endings: [".yaml"])
    } read: { data in
      let facts = try ModelFacts(directory: Fixtures.path("models/multi-head/model"))
      _ = try KnockoutFile.load(
        Scratch().write(data, as: "knockout.yaml"), facts: facts, prompt: Prompt(prefix: [1, 7, 19, 5]))
    },
    FuzzTarget(name: "token-set") {
      ["wrong & gold(Sky)", "!(image | tokens(1, 2)) & predicted(Tree)@llm.3", "wrong@window"].map { Data($0.utf8) }
    } read: { data in
      let classes = ["Sky", "Tree"]
      let set = try TokenSet(parsing: String(decoding: data, as: UTF8.self), classes: classes)
      expect(try TokenSet(parsing: set.text(classes: classes), classes: classes) == set)
    },
  ]

  /// The specs in `examples`, whose models and images are elsewhere, and one whose model is here.
  private static func examples() throws -> [Data] {
    let model = Fixtures.path("models/multi-head/model")
    let small = """
      name: small
      model: \(model)
      prefix_token_ids: [1, 4]
      data: {layout: folder, root: ., images: "{split}/*", masks: "{split}/{name}", classes: [a, b], void: [255],
        train: {split: train}, evaluate: {split: val}}
      knockouts: [{name: k, block: {queries: wrong, keys: "!correct", where: within(2)}, windows: {width: 1}}]
      """
    return try Fixtures.all("../../examples", endings: [".yaml"]) + [Data(small.utf8)]
  }
}
