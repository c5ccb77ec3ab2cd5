import Catalog
import Foundation
import Testing

@testable import Compute

struct FeatureFileTests {
  /// A shard of two images with two tokens each, three features and two classes.
  private func shard(
    hidden: Int = 3, gold: [Int32] = [0, 1, 1, 0], images: [Int64] = [2, 2], targets: [Int] = [4, 2]
  ) throws -> Data {
    var writer = SafetensorsWriter()
    writer.add("adapter", shape: [4, hidden], [Float](repeating: 1, count: 4 * hidden))
    writer.add("targets", shape: targets, [Float](repeating: 0.5, count: targets.reduce(1, *)))
    writer.add("gold", shape: [gold.count], gold)
    writer.add("images", shape: [images.count], images)
    return try writer.data()
  }

  private func read(_ shards: Data...) throws -> SiteFeatures {
    let folder = try TemporaryFolder()
    let files = try shards.enumerated().map { try folder.write("\($0.offset).safetensors", $0.element) }
    return try SiteFeatures(site: .adapter, files: files, classes: 2)
  }

  @Test func `shards follow one another, image by image`() throws {
    let features = try read(shard(), shard(images: [0, 1, 3]))
    #expect(features.images == [0..<2, 2..<4, 4..<4, 4..<5, 5..<8])
    #expect(features.gold == [0, 1, 1, 0, 0, 1, 1, 0])
    #expect(features.hidden == 3 && features.values.count == 24 && features.targets.count == 16)
    let some = features.restricted(to: [1, 4])
    #expect(some.gold == [1, 0, 1, 1, 0] && some.images == [0..<2, 2..<5])
  }

  @Test func `a shard that does not fit is an error that names it`() throws {
    for bad in [
      try shard(hidden: 4), try shard(gold: [0, 1, 2, 0]), try shard(gold: [0, -1, 0, 0]), try shard(gold: [0, 1, 1]),
      try shard(images: [2, 3]), try shard(images: [-1, 5]), try shard(images: [.max, .max]),
      try shard(targets: [4, 3]),
    ] {
      let error = #expect(throws: (any Error).self) { try read(shard(), bad) }
      #expect(error.map { "\($0)" }?.contains("1.safetensors") == true)
    }
  }

  @Test func `no labelled token at all is an error that names the site`() throws {
    let empty = try FeatureFile.data([], sites: [.adapter], classes: 2)
    let error = #expect(throws: ProbeError.self) { try read(empty) }
    #expect(error?.description.contains("at adapter") == true)
  }

  @Test func `the same images give the same bytes`() throws {
    let images = TrainingSet(seed: 1, images: 2, tokens: 3, hidden: 4, classes: 2).images
    let data = try FeatureFile.data(images, sites: [.adapter], classes: 2)
    #expect(try data == FeatureFile.data(images, sites: [.adapter], classes: 2))
    let read = try read(data)
    #expect(read.values == images.flatMap { $0.states[.adapter] ?? [] })
    #expect(read.targets == images.flatMap(\.targets))
  }
}
