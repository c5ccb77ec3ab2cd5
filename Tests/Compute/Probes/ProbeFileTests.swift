import Catalog
import Foundation
import Testing

@testable import Compute

struct ProbeFileTests {
  private let probe = Probe(
    site: .llm(3), classes: 2, hidden: 3, weight: [1, -2, 3, 0.5, 0.25, -1], bias: [0.5, -1],
    mean: [1, 2, 3],
    std: [0.5, 2, 4])

  /// The probe read back after `change` has replaced or added tensors.
  private func read(_ change: (inout [String: ([Int], [Float])]) -> Void) throws -> Probe {
    var tensors: [String: ([Int], [Float])] = [
      "llm.3.weight": ([2, 3], probe.weight), "llm.3.bias": ([2], probe.bias),
      "llm.3.mean": ([3], probe.mean),
      "llm.3.std": ([3], probe.std),
    ]
    change(&tensors)
    var writer = SafetensorsWriter()
    for (name, (shape, values)) in tensors.sorted(by: { $0.key < $1.key }) {
      writer.add(name, shape: shape, values)
    }
    return try Probe(
      site: .llm(3), classes: 2, hidden: 3,
      from: SafetensorsFile(data: writer.data(), name: "probes.safetensors"))
  }

  @Test func `a probe survives its file`() throws {
    let read = try Probe(
      site: .llm(3), classes: 2, hidden: 3,
      from: SafetensorsFile(data: probe.data(), name: "probes.safetensors"))
    #expect(read.weight == probe.weight && read.bias == probe.bias)
    #expect(read.mean == probe.mean && read.std == probe.std)
  }

  @Test func `without mean and deviation features are taken as they are`() throws {
    let read = try read {
      $0["llm.3.mean"] = nil
      $0["llm.3.std"] = nil
    }
    #expect(read.mean == [0, 0, 0] && read.std == [1, 1, 1])
    #expect(read.weight == probe.weight)
  }

  @Test(arguments: [
    ("llm.3.weight", [2, 3], [1, 2, 3, 4, 5, Float.nan]), ("llm.3.bias", [2], [.infinity, 0]),
    ("llm.3.mean", [3], [0, 0, .nan]), ("llm.3.std", [3], [1, 0, 1]),
    ("llm.3.std", [3], [1, -1, 1]),
    ("llm.3.weight", [3, 2], [1, 2, 3, 4, 5, 6]), ("llm.3.bias", [3], [1, 2, 3]),
    ("llm.3.std", [1], [1]),
  ])
  func
    `a tensor that is not finite, not positive or misshapen is an error that names file and tensor`(
      name: String, shape: [Int], values: [Float]
    )
  {
    let error = #expect(throws: (any Error).self) { try read { $0[name] = (shape, values) } }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("probes.safetensors") && text.contains(name))
  }

  @Test(arguments: ["llm.3.weight", "llm.3.bias"])
  func `a missing tensor is an error that names file and tensor`(name: String) {
    let error = #expect(throws: CheckpointError.self) { try read { $0[name] = nil } }
    #expect(error?.description == "probes.safetensors has no tensor \(name)")
  }

  @Test func `the readout is the probe's definition on raw hidden states`() {
    let readout = probe.readout
    let state: [Float] = [2, -1, 0.5]
    for k in 0..<2 {
      var expected = Double(probe.bias[k])
      for i in 0..<3 {
        expected +=
          Double(probe.weight[k * 3 + i]) * (Double(state[i]) - Double(probe.mean[i]))
          / Double(probe.std[i])
      }
      var logit = Double(readout.layer.bias!.pointer[k])
      let weights = readout.layer.weight.floats()
      for i in 0..<3 { logit += Double(weights[k * 3 + i]) * Double(state[i]) }
      #expect(abs(logit - expected) < 1e-5)
    }
  }

  @Test
  func `sampled tokens have a gold class, are ascending, and depend on the image's name alone`() {
    let gold = (0..<100).map { $0 % 3 == 0 ? TokenContext.void : UInt16($0 % 5) }
    let sample = FeatureFile.sample(gold, count: 20, seed: 1, image: "a")
    #expect(sample.count == 20 && sample == sample.sorted() && Set(sample).count == 20)
    #expect(sample.allSatisfy { gold[$0] != TokenContext.void })
    #expect(sample == FeatureFile.sample(gold, count: 20, seed: 1, image: "a"))
    #expect(sample != FeatureFile.sample(gold, count: 20, seed: 1, image: "b"))
    #expect(sample != FeatureFile.sample(gold, count: 20, seed: 2, image: "a"))
    #expect(
      FeatureFile.sample(gold, count: 500, seed: 1, image: "a")
        == gold.indices.filter { $0 % 3 != 0 })
  }
}
