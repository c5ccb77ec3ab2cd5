import Catalog
import Foundation
import Testing

@testable import Coordinator

/// The specs in `examples/` are read as their users would have them read, on models and data sets of the same shape.
struct ExampleSpecTests {
  private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../examples").standardizedFileURL.path

  /// A workspace whose model is a LLaVA-1.5-7B, without its weights.
  private static func llava() throws -> SpecWorkspace {
    let workspace = try SpecWorkspace()
    try workspace.write(
      "model/config.json",
      """
      {"model_type": "llava", "vision_feature_layer": -2, "image_token_index": 32000,
       "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024, "num_hidden_layers": 24,
         "num_attention_heads": 16, "intermediate_size": 4096, "image_size": 336, "patch_size": 14},
       "text_config": {"model_type": "llama", "vocab_size": 32064}}
      """)
    try workspace.write(
      "model/preprocessor_config.json", #"{"size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}}"#
    )
    return workspace
  }

  /// An example's text with its data set and model in the workspace.
  private static func text(_ name: String, data: String) throws -> String {
    try String(contentsOfFile: "\(examples)/\(name).yaml", encoding: .utf8)
      .replacingOccurrences(of: "~/models/llava-1.5-7b-hf", with: "model")
      .replacingOccurrences(of: "root: ~/data/\(data)", with: "root: set")
  }

  @Test func `LLaVA-1.5 on ADE20K is a good spec`() throws {
    let workspace = try Self.llava()
    for (split, count) in [("training", 1000), ("validation", 500)] {
      for index in 0..<count {
        try workspace.write("set/images/\(split)/\(index).jpg", "")
        try workspace.write("set/annotations/\(split)/\(index).png", "")
      }
    }
    let spec = try workspace.load(Self.text("llava-ade20k", data: "ADEChallengeData2016"))
    #expect(spec.experiment.model.prefixTokenIDs == [1, 3148, 1001, 29901, 29871])
    #expect(spec.experiment.model.featureSite == .vision(23))
    #expect(spec.experiment.variants.count == 8 * 5 + 5 + 3 + 1 + 3)
    let plan = Plan(
      experiment: spec.experiment, facts: spec.facts, prompt: spec.prompt, weightBytes: 14_000_000_000, workers: 1,
      threads: 1, rate: 1e11, peak: 2e11)
    let image = plan.image
    #expect(image.naive > image.vision + image.baseline + image.probes + image.variants)
  }

  @Test func `LLaVA-1.5 on VOC 2012 is a good spec`() throws {
    let workspace = try Self.llava()
    for (split, count) in [("train", 20), ("val", 500)] {
      let names = (0..<count).map { "\(split)_\($0)" }
      try workspace.write("set/ImageSets/Segmentation/\(split).txt", names.joined(separator: "\n"))
      for name in names {
        try workspace.write("set/JPEGImages/\(name).jpg", "")
        try workspace.write("set/SegmentationClass/\(name).png", "")
      }
    }
    let experiment = try workspace.load(Self.text("llava-voc2012", data: "VOCdevkit/VOC2012")).experiment
    #expect(experiment.data.geometry == .pad)
    #expect(experiment.data.train.count == 20 && experiment.data.evaluate.count == 500)
    #expect(experiment.variants.count == 4 * 5 + 4 * 5 + 1)
  }

  @Test func `LLaVA-1.5 on Cityscapes is a good spec`() throws {
    let workspace = try Self.llava()
    for (split, count) in [("train", 1000), ("val", 20)] {
      for index in 0..<count {
        let name = "\(split)/ulm/ulm_00000\(index % 3)_00\(1000 + index)"
        try workspace.write("set/leftImg8bit/\(name)_leftImg8bit.png", "")
        try workspace.write("set/gtFine/\(name)_gtFine_labelIds.png", "")
      }
    }
    let experiment = try workspace.load(Self.text("llava-cityscapes", data: "cityscapes")).experiment
    #expect(experiment.data.geometry == .crop)
    #expect(Set(experiment.data.evaluate.map(\.cluster)) == ["ulm_000000", "ulm_000001", "ulm_000002"])
    #expect(experiment.variants.count == 4 * 5 + 4 + 1)
  }

  @Test(arguments: ["demo", "twin"]) func `the demo's specs are good`(name: String) throws {
    let spec = try Spec.load(file: "\(Self.examples)/demo/\(name).yaml")
    #expect(spec.experiment.data.evaluate.count >= 200)
    #expect(!spec.experiment.variants.isEmpty)
  }

  @Test func `CamVid in place is a good spec`() throws {
    let model = "\(Self.examples)/demo/model"
    let data = "\(Self.examples)/../../shared/data/camvid"
    guard FileManager.default.fileExists(atPath: model), FileManager.default.fileExists(atPath: data) else {
      try Test.cancel("\(model) or \(data) is not here")
    }
    let experiment = try Spec.load(file: "\(Self.examples)/camvid.yaml").experiment
    #expect(experiment.data.train.count == 300)
    #expect(experiment.data.evaluate.count == 101)
    #expect(Set(experiment.data.evaluate.map(\.cluster)).count == 21)
  }
}
