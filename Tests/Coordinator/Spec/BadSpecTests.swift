import Catalog
import Foundation
import Testing

@testable import Coordinator

/// One change of the base spec, and what must be said of it.
struct BadSpec: Sendable, CustomTestStringConvertible {
  let old: String
  let new: String
  let errors: [String]
  var testDescription: String { errors.first ?? new }

  /// Replaces a text of the base spec.
  static func replacing(_ old: String, _ new: String, _ errors: String...) -> BadSpec {
    BadSpec(old: old, new: new, errors: errors)
  }

  /// Adds lines at the end, from line 15 on.
  static func adding(_ lines: String, _ errors: String...) -> BadSpec { BadSpec(old: "", new: lines, errors: errors) }

  /// Adds a knockout in line 15.
  static func knockout(_ text: String, _ errors: String...) -> BadSpec {
    BadSpec(old: "", new: "  - \(text)\n", errors: errors)
  }

  var text: String {
    old.isEmpty ? SpecWorkspace.base + new : SpecWorkspace.base.replacingOccurrences(of: old, with: new)
  }
}

struct BadSpecTests {
  private let workspace: SpecWorkspace
  init() throws { workspace = try SpecWorkspace() }

  @Test(arguments: BadSpec.topLevel + BadSpec.data + BadSpec.probes + BadSpec.knockouts + BadSpec.unsupported)
  func `what is wrong is said with line, key and a sentence`(bad: BadSpec) throws {
    #expect(bad.text != SpecWorkspace.base)
    let errors = try workspace.errors(bad.text)
    #expect(errors == bad.errors)
  }

  @Test func `several mistakes are all reported at once, in the order of lines`() throws {
    let errors = try workspace.errors(
      """
      name: a/b
      model: nowhere
      data:
        layout: folder
        root: data
        images: images/{split}/*.jpg
        masks: masks/{split}/{name}.png
        classes: [sky, road, sky]
        train: {split: train, images: 7}
        train: {split: train}
        evaluate: {split: test, image: 3}
      probes: {l2: [0]}
      reference: llm
      knockouts:
        - {name: x, block: {queries: wrong, keys: correct}, windows: [[3, 2]]}
        - {name: y, opens: {queries: wrong, keys: correct}, windows: all}
      seed: -1
      """)
    #expect(
      errors == [
        "1: name: 'a/b' names a folder too, so it takes letters, digits, '-', '_' and '.' only, not '.' first",
        "2: model: the model cannot be used: DIR/nowhere/config.json is missing",
        "8: data.classes[3]: 'sky' stands in the list twice",
        "9: train: the key stands more than once in the same mapping; keep one",
        "11: data.evaluate.image: is not a key of the spec; did you mean 'images'?",
        "11: data.evaluate.split: the images of 'test' cannot be used: DIR/data/images/test does not exist",
        "12: probes.l2[1]: 0.0 is not above 0",
        "13: reference: 'llm' is not a site; sites are vision.0, adapter, llm.1 and so on",
        "15: knockouts[1].windows[1]: [3, 2] ends before it begins",
        "16: knockouts[2].opens: is not a key of the spec; did you mean 'open'?",
        "16: knockouts[2]: has neither block nor open; write one",
        "17: seed: is '-1', but a whole number from 0 to 18446744073709551615 is expected here",
      ])
  }

  @Test func `a broken model leaves the rest of the spec checked`() throws {
    try workspace.write("model/config.json", #"{"model_type": "llava", "vision_config": {"patch_size": 0}}"#)
    #expect(
      try workspace.errors(SpecWorkspace.base + "seed: x\n") == [
        "2: model: the model cannot be used: DIR/model/config.json: vision_config.patch_size is 0, outside 1...256",
        "15: seed: is 'x', but a whole number from 0 to 18446744073709551615 is expected here",
      ])
  }

  @Test func `a model without weights or with another vocabulary is refused`() throws {
    try FileManager.default.removeItem(atPath: "\(workspace.folder)/model/model.safetensors")
    #expect(
      try workspace.errors(SpecWorkspace.base) == [
        "2: model: the model cannot be used: DIR/model holds no weights (*.safetensors)"
      ])
    try workspace.write("model/model.safetensors", "weights")
    #expect(
      try workspace.errors(SpecWorkspace.base.replacingOccurrences(of: "prefix_token_ids: [1, 4]\n", with: "")) == [
        "2: model: the vocabulary of 64 tokens does not hold the llava prompt; write prompt or prefix_token_ids"
      ])
  }

  @Test func `missing label maps and repeated names are found before anything starts`() throws {
    try FileManager.default.removeItem(atPath: "\(workspace.folder)/data/masks/val/A1_val1.png")
    #expect(
      try workspace.errors(SpecWorkspace.base) == [
        "12: data.evaluate.split: the images of 'val' cannot be used: the label map DIR/data/masks/val/A1_val1.png does "
          + "not exist"
      ])
    try FileManager.default.removeItem(atPath: "\(workspace.folder)/data/masks/val/A1_val0.png")
    #expect(
      try workspace.errors(SpecWorkspace.base) == [
        "12: data.evaluate.split: the images of 'val' cannot be used: 2 label maps do not exist, the first is "
          + "DIR/data/masks/val/A1_val0.png"
      ])
  }

  @Test func `a linked copy of a training image is a training image`() throws {
    try FileManager.default.removeItem(atPath: "\(workspace.folder)/data/images/val/A1_val0.jpg")
    try FileManager.default.createSymbolicLink(
      atPath: "\(workspace.folder)/data/images/val/A1_val0.jpg",
      withDestinationPath: "\(workspace.folder)/data/images/train/A1_train0.jpg")
    let errors = try workspace.errors(SpecWorkspace.base.replacingOccurrences(of: "images: 4", with: "images: all"))
    #expect(
      errors == [
        "12: data.evaluate: 1 of the images are training images too, such as DIR/data/images/train/A1_train0.jpg; choose "
          + "another split, since probes are not scored on images that they were fitted on"
      ])
  }
}
