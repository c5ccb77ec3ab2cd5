import Catalog
import Compute
import Foundation
import Testing

@testable import Doctor

/// Each check on a small data set and model, whole and damaged.
struct DiagnosisTests {
  private let patient: Patient
  init() throws { patient = try Patient() }

  @Test func `a spec with all that it needs is a go, and nothing is made but the overlay`() throws {
    let diagnosis = Diagnosis(of: patient.evidence())
    #expect(diagnosis.problems == [] && diagnosis.advice == [])
    #expect(diagnosis.text.hasSuffix("\n\ngo"))
    let names = try FileManager.default.contentsOfDirectory(atPath: patient.root).sorted()
    #expect(names == ["images", "masks", "model", "patient.doctor.png", "spec.yaml"])
    #expect(diagnosis.overlay == patient.path("patient.doctor.png"))
    let picture = try ImageFile.image(patient.path("patient.doctor.png"))
    #expect(picture.width > 1_100 && picture.height > 600)
  }

  @Test func `tokens are counted by class, and void apart`() throws {
    let counts = try #require(Diagnosis(of: patient.evidence()).counts)
    #expect(counts.images == 6 && counts.usable == 6 && counts.tokens == 600 && counts.void == 0)
    #expect(counts.classes.reduce(0) { $0 + $1.tokens } == 600)
    #expect(counts.classes.map(\.tokens) == counts.classes.map(\.tokens).sorted(by: >))
    #expect(Diagnosis(of: patient.evidence(images: 2)).counts?.images == 4)
  }

  @Test func `every problem of spec, checkpoint and images is said at once`() throws {
    try patient.edit("images/train/train-0001.jpg") { $0 = $0.prefix(500) }
    try patient.edit("masks/evaluate/evaluate-0002.png") { $0 = Data("no mask".utf8) }
    try patient.edit("model/model-00002-of-00002.safetensors") { $0 = $0.prefix(1_000_000) }
    let problems = patient.problems(patient.evidence())
    #expect(problems.count == 3)
    #expect(problems.first?.contains("DIR/model/model-00002-of-00002.safetensors") == true)
    #expect(problems.contains { $0.contains("DIR/images/train/train-0001.jpg") })
    #expect(problems.contains { $0.contains("DIR/masks/evaluate/evaluate-0002.png is not a PNG") })
    let text = Diagnosis(of: patient.evidence()).text
    #expect(text.contains("4 of 6 that were tried") && text.hasSuffix("not go: 3 things to fix"))
  }

  @Test func `where the spec has an error, its checkpoint is examined all the same`() throws {
    try FileManager.default.removeItem(atPath: patient.path("masks/train/train-0000.png"))
    try patient.edit("model/model-00001-of-00002.safetensors") { $0 = $0.prefix(1_000_000) }
    let problems = patient.problems(patient.evidence())
    #expect(problems.count == 2)
    #expect(problems.first?.contains("data.train.split: the images of 'train' cannot be used") == true)
    #expect(problems.first?.contains("DIR/masks/train/train-0000.png") == true)
    #expect(problems.last?.contains("model-00001-of-00002.safetensors") == true)
  }

  @Test func `all tensors that do not fit the config are found, and too many are counted`() throws {
    try patient.replace("\"intermediate_size\": 384", by: "\"intermediate_size\": 388", in: "model/config.json")
    let problems = patient.problems(patient.evidence())
    #expect(problems.count == 6)
    #expect(problems.first?.contains("mlp.gate_proj.weight") == true)
    #expect(problems.first?.contains("has shape [384, 192], not [388, 192]") == true)
    #expect(problems.last == "and 13 more mistakes of the checkpoint like these")
  }

  @Test func `a label that is not listed is named with its file and count`() throws {
    try patient.replace("wall, rock, road, tree, grass]", by: "wall, rock, road, tree]", in: "spec.yaml")
    let problems = patient.problems(patient.evidence())
    #expect(!problems.isEmpty)
    #expect(problems.allSatisfy { $0.contains("holds label 9 in ") && $0.contains("DIR/masks/") })
  }

  @Test func `an image that is not stored upright is told, and does not stop a sweep`() throws {
    // A TIFF directory with one entry: orientation, a short, once, 6.
    let exif: [UInt8] = [
      0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ]
    let segment = [0xFF, 0xE1, 0, UInt8(2 + 6 + exif.count)] + Array("Exif\0\0".utf8) + exif
    try patient.edit("images/train/train-0002.jpg") { $0.insert(contentsOf: segment, at: 2) }
    let diagnosis = Diagnosis(of: patient.evidence())
    #expect(diagnosis.isGo && diagnosis.advice.count == 1)
    let image = patient.path("images/train/train-0002.jpg")
    #expect(diagnosis.advice.first?.contains("1 image of 6, such as \(image)") == true)
  }

  @Test func `mostly void labels are worth knowing`() throws {
    try patient.replace(
      "classes: [sky, water, cloud, snow, roof, wall, rock, road, tree, grass]",
      by: "classes: {sky: 0, tree: 8}\n  void: [1, 2, 3, 4, 5, 6, 7, 9]", in: "spec.yaml")
    let diagnosis = Diagnosis(of: patient.evidence())
    #expect(diagnosis.advice.contains { $0.contains("% of the tokens that were tried are void") })
  }

  @Test func `too little memory is a problem, and weights that do not fit beside the workers are worth knowing`() {
    let problems = patient.problems(patient.evidence(memory: 1_000_000))
    #expect(problems.count == 1 && problems.first?.contains("run fewer workers (--workers)") == true)
    var evidence = patient.evidence(memory: 50_000_000)
    evidence.machine.memory = MemoryLimit(machine: 8_000_000)
    #expect(Diagnosis(of: evidence).isGo)
    #expect(Diagnosis(of: evidence).advice.contains { $0.contains("exceed the machine's 8.00 MB") })
  }

  @Test func `too little room on the disk, and a place that cannot be written, are problems`() throws {
    var evidence = patient.evidence()
    evidence.sweep?.disk?.free = 1_000
    evidence.sweep?.disk?.isWritable = false
    let problems = patient.problems(evidence)
    #expect(problems.count == 2)
    #expect(problems.first?.contains("DIR cannot be written, where the run would lie (DIR/runs/patient)") == true)
    #expect(problems.last?.contains("DIR has 1.00 kB free") == true)
  }

  @Test func `an overlay that cannot be written is told, and does not stop a sweep`() throws {
    let sweep = SweepEvidence(
      reading: .init(file: patient.path("spec.yaml")), use: MachineUse(workers: 1, threads: 1, memory: 1 << 30),
      runDirectory: nil, images: 1
    ) { _ in patient.path("none/overlay.png") }
    let diagnosis = Diagnosis(of: Evidence(machine: Patient.machine, sweep: sweep))
    #expect(diagnosis.isGo && diagnosis.overlay == nil && diagnosis.advice.count == 1)
    #expect(diagnosis.advice.first?.contains("none/overlay.png cannot be written") == true)
  }
}
