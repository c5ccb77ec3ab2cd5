import Foundation
import Testing

extension EndToEnd {
  /// `doctor` says go, or everything that is to be fixed.
  @Suite struct DoctorTests {
    let workspace: Workspace
    init() throws { workspace = try Workspace(train: 4, evaluate: 2) }

    private func doctor(_ arguments: String...) async throws -> Ending {
      try await Rebound.run(["doctor"] + arguments, limit: .seconds(60))
    }

    private func lines(_ ending: Ending) -> [Substring] { ending.output.split(separator: "\n") }

    @Test func `processors that the program is not bound to do not count`() async throws {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let allowed = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
      let one = String(allowed.drop { !$0.isNumber }.prefix(while: \.isNumber))
      let ending = try await RunningProgram(
        "/usr/bin/taskset", ["-c", one, Rebound.binary, "doctor", "--output", "json"], in: nil,
        environment: [:]
      ).ending(within: .seconds(60))
      let answer = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
      let checks = try #require(answer["checks"] as? [[String: Any]])
      let cores = try #require(checks.first { $0["name"] as? String == "cores" })
      #expect(cores["value"] as? String == "1", "\(cores)")
    }

    @Test func `memory that Slurm bounds is named, and is what workers share`() async throws {
      let ending = try await Rebound.run(["doctor"], environment: ["SLURM_MEM_PER_NODE": "300"])
      #expect(ending.code == 0 && ending.output.contains("set by SLURM_MEM_PER_NODE"), "\(ending.output)")
      let spec = try Undisturbed.shared.spec()
      let bounded = try await Rebound.run(["doctor", spec], environment: ["SLURM_MEM_PER_NODE": "300"])
      #expect(bounded.output.contains("SLURM_MEM_PER_NODE allows"), "\(bounded.output)\(bounded.errors)")
    }

    @Test func `doctor names kernels and cores, in text and JSON, and has no verdict without a spec`() async throws {
      let text = try await doctor()
      #expect(text.code == 0 && text.output.contains("OpenBLAS") && text.output.contains("cores"))
      #expect(!text.output.contains("go"))
      let json = try await doctor("--output", "json")
      #expect(schema(of: json) == 2)
      let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect(object?["verdict"] == nil && (object?["checks"] as? [Any])?.isEmpty == false)
    }

    @Test func `doctor says go, where the picture is, and makes no run`() async throws {
      let spec = try workspace.spec()
      let text = try await doctor(spec)
      #expect(text.code == 0 && lines(text).last == "go", "\(text.output)\(text.errors)")
      #expect(text.output.contains(workspace.path("small.doctor.png")))
      #expect(workspace.list() == ["images", "masks", "small.doctor.png", "spec.yaml"])
      let picture = try Data(contentsOf: URL(fileURLWithPath: workspace.path("small.doctor.png")))
      #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))

      let json = try await doctor(spec, "--output", "json", "--overlay", workspace.path("other.png"), "--images", "2")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      #expect(object["verdict"] as? String == "go" && (object["problems"] as? [String]) == [])
      #expect(object["overlay"] as? String == workspace.path("other.png"))
      #expect((object["sample"] as? [String: Any])?["images"] as? Int == 4)
    }

    @Test func `a missing label map and a shard that is cut off are said together`() async throws {
      let model = try workspace.copyModel()
      let spec = try workspace.spec { $0.model = "model" }
      let shard = "\(model)/model-00002-of-00002.safetensors"
      try Data(contentsOf: URL(fileURLWithPath: shard)).prefix(1_000_000).write(to: URL(fileURLWithPath: shard))
      try FileManager.default.removeItem(atPath: workspace.evaluation(1).mask)
      let ending = try await doctor(spec)
      #expect(ending.code == 1 && lines(ending).last == "not go: 2 things to fix", "\(ending.output)")
      #expect(ending.output.contains(shard) && ending.output.contains(workspace.evaluation(1).mask))
      let quiet = try await doctor(spec, "--output", "quiet")
      #expect(quiet.code == 1 && quiet.output.isEmpty && quiet.errors.split(separator: "\n").count == 2)
      #expect(!workspace.list().contains("runs"))
    }

    @Test func `too little memory, and a place without room, are to be fixed`() async throws {
      let spec = try workspace.spec()
      let tight = try await doctor(spec, "--memory", "1M")
      #expect(tight.code == 1 && tight.output.contains("give each more (--memory)"), "\(tight.output)")
      // A file system that holds no files.
      let full = try await doctor(spec, "--out", "/proc/rebound/run")
      #expect(full.code == 1 && full.output.contains("but /proc has 0 B free"), "\(full.output)")
    }

    @Test func `an image and a label map that disagree are named, and the rest is examined`() async throws {
      let spec = try workspace.spec()
      let mask = workspace.evaluation(0).mask
      try GreyPNG.data(width: 8, height: 8, value: 1).write(to: URL(fileURLWithPath: mask))
      let ending = try await doctor(spec)
      #expect(ending.code == 1 && ending.output.contains("\(mask) is 8×8, but its image is 160×160"))
      #expect(ending.output.contains("5 of 6 that were tried") && lines(ending).last == "not go: 1 thing to fix")
    }

    @Test func `a setting that holds OpenBLAS to an older kernel is told, and is no reason to stop`() async throws {
      let ending = try await Rebound.run(
        ["doctor"], environment: ["OPENBLAS_CORETYPE": "Sandybridge"], limit: .seconds(60))
      #expect(ending.code == 0)
      let isOlder = ending.output.contains("x86-64-v3") || ending.output.contains("x86-64-v4")
      let sentence = "OPENBLAS_CORETYPE=Sandybridge holds OpenBLAS, which fits probes, to its Sandybridge kernel"
      #expect(ending.output.contains(sentence) == isOlder)
    }
  }
}
