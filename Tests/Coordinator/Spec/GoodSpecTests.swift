import Catalog
import Foundation
import Testing

@testable import Coordinator

struct GoodSpecTests {
  private let workspace: SpecWorkspace
  init() throws { workspace = try SpecWorkspace() }

  @Test func `a spec becomes the experiment that it describes, with its defaults filled in`() throws {
    let spec = try workspace.load(SpecWorkspace.base)
    let experiment = spec.experiment
    #expect(experiment.name == "tiny")
    #expect(experiment.model.directory == "\(workspace.folder)/model")
    #expect(experiment.model.prefixTokenIDs == [1, 4])
    #expect(experiment.model.layers == 4)
    #expect(experiment.model.visionLayers == 3)
    #expect(experiment.model.featureSite == .vision(2))
    #expect(experiment.model.grid == Grid(rows: 4, columns: 4))
    #expect(try experiment.model.identity == ModelIdentity.digest(directory: "\(workspace.folder)/model"))
    #expect(experiment.data.classes == ["sky", "road", "tree"])
    #expect(experiment.data.void == [255])
    #expect(experiment.data.labels == [[0], [1], [2]])
    #expect(experiment.data.geometry == .model)
    #expect(experiment.data.train.count == 4)
    #expect(experiment.data.evaluate.count == 6)
    #expect(
      experiment.probes.sites.map(\.description) == [
        "vision.0", "vision.1", "vision.2", "vision.3", "adapter", "llm.1", "llm.2", "llm.3", "llm.4",
      ])
    #expect(experiment.probes.method == .softmax)
    #expect(experiment.probes.targets == .distribution)
    #expect(experiment.probes.l2 == [1e-5, 1e-4, 1e-3, 1e-2])
    #expect(experiment.probes.tokensPerImage == 8)
    #expect(experiment.reference == .adapter)
    #expect(experiment.horizon == nil)
    #expect(experiment.compute.kernel == .uniform)
    #expect(experiment.seed == 0)
    #expect(spec.threads == nil)
    #expect(
      experiment.knockouts == [
        Knockout(
          name: "anchors", edit: .block, queries: .wrong(.reference), keys: .correct(.reference), relations: [.anchor],
          windows: (1...4).map { LayerWindow(first: $0, last: $0) })
      ])
  }

  @Test func `every part of the grammar is read`() throws {
    let spec = try workspace.load(
      """
      name: whole-1.0
      model: ./model/../model
      prompt: null
      prefix_token_ids: [1, 4, 5]
      compute: {dtype: f32, threads: 3, kernel: any}
      data:
        layout: folder
        root: data
        images: images/{split}/*.jpg
        masks: masks/{split}/{name}.png
        classes: [sky, "road & rail", tree]
        void: [11, 255]
        geometry: model
        train: {split: train, images: all}
        evaluate: {split: val, images: 5}
        cluster: "^([0-9A-Z]+)_"
      probes: {sites: [llm.2, adapter, llm.4, vision.2], method: ridge, targets: majority, l2: [1e-2, 0.5], import: null}
      reference: vision.2
      knockouts:
        - name: positions
          block:
            queries: {tokens: [3, 18]}
            keys: "!(prefix | gold(road & rail)) & image"
            where: [other-gold, within(2), beyond(1)]
          windows: [[1, 2], [2, 4]]
          heads: [3, 0]
          control: {matched: {draws: 2, from: wrong@llm.4}}
        - {name: open it, open: {queries: image, keys: image}, windows: all, refit: false}
        - {name: pairs, block: {queries: wrong@vision.2, keys: "predicted(sky)@llm.2"}, windows: {width: 2, stride: 2}, control: {matched: {}}}
      horizon: 1
      precision: null
      record: {tokens: true, pixels: none, margins: false}
      seed: 18446744073709551615
      """)
    let experiment = spec.experiment
    #expect(spec.threads == 3)
    #expect(experiment.compute.kernel == .any)
    #expect(experiment.seed == .max)
    #expect(experiment.horizon == 1)
    #expect(experiment.reference == .vision(2))
    #expect(experiment.probes.sites == [.vision(2), .adapter, .llm(2), .llm(4)])
    #expect(experiment.probes.method == .ridge)
    #expect(experiment.probes.targets == .majority)
    #expect(experiment.probes.l2 == [0.01, 0.5])
    #expect(experiment.probes.tokensPerImage == 64)
    #expect(experiment.data.void == [11, 255])
    #expect(Set(experiment.data.evaluate.map(\.cluster)) == ["A1", "B2"])
    #expect(experiment.data.evaluate.count == 5)
    let first = experiment.knockouts[0]
    #expect(first.queries == .tokens([3, 18]))
    #expect(first.keys == .intersection([.complement(.union([.prefix, .gold(1)])), .image]))
    #expect(first.relations == [.otherGold, .within(2), .beyond(1)])
    #expect(first.windows == [LayerWindow(first: 1, last: 2), LayerWindow(first: 2, last: 4)])
    #expect(first.heads == .some([0, 3]))
    #expect(first.control == .init(draws: 2, from: .wrong(.site(.llm(4)))))
    #expect(experiment.knockouts[1].edit == .open)
    #expect(experiment.knockouts[1].windows == [LayerWindow(first: 1, last: 4)])
    #expect(experiment.knockouts[1].heads == .all)
    #expect(experiment.knockouts[2].windows == [LayerWindow(first: 1, last: 2), LayerWindow(first: 3, last: 4)])
    #expect(experiment.knockouts[2].keys == .predicted(0, .site(.llm(2))))
    #expect(experiment.knockouts[2].control == .init(draws: 5))
  }

  @Test func `the same spec names the same experiment, and any number in it another`() throws {
    let digest = try workspace.load(SpecWorkspace.base).experiment.digest()
    #expect(try workspace.load("# a comment\n" + SpecWorkspace.base).experiment.digest() == digest)
    #expect(try workspace.load(SpecWorkspace.base + "compute: {threads: 2}\n").experiment.digest() == digest)
    #expect(try workspace.load(SpecWorkspace.base + "seed: 1\n").experiment.digest() != digest)
    #expect(try workspace.load(SpecWorkspace.base + "horizon: 2\n").experiment.digest() != digest)
  }

  @Test func `a split's images come in a seeded order, of which fewer are a prefix`() throws {
    func names(_ images: String, seed: Int) throws -> [String] {
      let text = SpecWorkspace.base.replacingOccurrences(of: "images: all", with: "images: \(images)")
      return try workspace.load(text + "seed: \(seed)\n").experiment.data.evaluate.map(\.name)
    }
    let all = try names("all", seed: 3)
    #expect(try names("4", seed: 3) == Array(all.prefix(4)))
    #expect(try names("all", seed: 4) != all)
    #expect(all.sorted() == (0..<6).map { "\($0 < 3 ? "A1" : "B2")_val\($0)" })
  }

  @Test func `anchors and aliases may share what knockouts have in common`() throws {
    let spec = try workspace.load(
      SpecWorkspace.base + """
          - {name: a, block: {queries: wrong, keys: bos}, windows: &two [[1, 2]]}
          - {name: b, block: {queries: wrong, keys: prefix}, windows: *two}

        """)
    #expect(spec.experiment.knockouts.map(\.windows.count) == [4, 1, 1])
  }

  @Test func `imported probes need no training images`() throws {
    try workspace.write("probes.safetensors", "probes")
    let text =
      SpecWorkspace.base.replacingOccurrences(of: "  train: {split: train, images: 4, tokens_per_image: 8}\n", with: "")
      + "probes: {sites: all, import: probes.safetensors}\n"
    let experiment = try workspace.load(text).experiment
    #expect(experiment.probes.method == .imported)
    #expect(experiment.probes.file == "\(workspace.folder)/probes.safetensors")
    #expect(experiment.data.train.isEmpty)
    #expect(experiment.units(of: .extract) == 0)
  }

  @Test func `a sweep may be of the baseline alone`() throws {
    let text = SpecWorkspace.base.components(separatedBy: "knockouts:")[0]
    #expect(try workspace.load(text).experiment.variants.isEmpty)
  }

  @Test func `ADE20K knows its files, classes and labels`() throws {
    for split in ["training", "validation"] {
      try workspace.write("ade/images/\(split)/ADE_\(split)_1.jpg", "")
      try workspace.write("ade/annotations/\(split)/ADE_\(split)_1.png", "")
    }
    let experiment = try workspace.load(
      """
      name: ade
      model: model
      prefix_token_ids: []
      data:
        layout: ade20k
        root: ade
        train: {split: training, images: all}
        evaluate: {split: validation, images: all}
      knockouts:
        - {name: tables, block: {queries: gold(coffee table), keys: image}, windows: all}
      """
    ).experiment
    #expect(experiment.data.classes.count == 150)
    #expect(Set(experiment.data.classes).count == 150)
    #expect(experiment.data.void == [0])
    #expect(experiment.data.labels == (1...150).map { [$0] })
    #expect(
      experiment.data.evaluate.map(\.mask) == ["\(workspace.folder)/ade/annotations/validation/ADE_validation_1.png"])
    #expect(experiment.knockouts[0].queries == .gold(64))
    #expect(experiment.model.prefixTokenIDs.isEmpty)
  }
}
