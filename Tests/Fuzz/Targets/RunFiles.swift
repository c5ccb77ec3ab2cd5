import Catalog
import Compute
import Foundation
import Protocol

@testable import Compute
@testable import Coordinator

/// What a run directory holds, which another program or a failing disk may have changed.
extension FuzzTarget {
  static let runFiles = [
    FuzzTarget(name: "feature-file") {
      [try features()]
    } read: { data in
      let file = try Scratch().write(data, as: "features.safetensors")
      let read = try SiteFeatures(site: .adapter, files: [file], classes: 2)
      expect(read.values.count == read.gold.count * read.hidden)
    },
    FuzzTarget(name: "segment-record") {
      [SegmentRecord.encoded(Data("payload".utf8), of: trial)]
    } read: { data in
      if let payload = SegmentRecord.payload(in: data, of: trial) {
        expect(SegmentRecord.encoded(payload, of: trial) == data)
      }
    },
    FuzzTarget(name: "experiment") {
      [try experiment.canonicalJSON()]
    } read: { data in
      let experiment = try Experiment(json: data)
      expect(try Experiment(json: experiment.canonicalJSON()) == experiment)
    },
  ]

  private static let trial = TrialID(stage: .sweep, unit: 1, variant: 2)

  static let experiment = Experiment(
    name: "small",
    model: .init(
      directory: "/model", identity: Digest(of: Data()), prefixTokenIDs: [1], layers: 2, visionLayers: 2,
      featureSite: .vision(1), grid: Grid(rows: 2, columns: 2)),
    data: .init(
      classes: ["sky", "road"], void: [255],
      train: [LabelledImage(name: "a", image: "/a.png", mask: "/m.png", cluster: "a")],
      evaluate: [LabelledImage(name: "b", image: "/b.png", mask: "/m.png", cluster: "b")]),
    probes: .init(
      sites: [.vision(1), .adapter, .llm(1)], method: .softmax, targets: .majority, l2: [0.1], tokensPerImage: 4,
      file: nil),
    reference: .adapter,
    knockouts: [
      Knockout(
        name: "wrong", edit: .block, queries: .wrong(.reference), keys: .image,
        windows: [LayerWindow(first: 1, last: 2)])
    ], horizon: nil, compute: .init(kernel: .uniform), seed: 7)

  private static func features() throws -> Data {
    try FeatureFile.data(
      [.init(states: [.adapter: [1, 2, 3, 4]], targets: [1, 0, 0, 1], gold: [0, 1])], sites: [.adapter], classes: 2)
  }
}
