import Foundation
import Protocol
import Testing

extension EndToEnd {
  /// Images that can't be used are given up, named, and computed by the same command once they are repaired.
  @Suite struct BadImageTests {
    private func run(_ spec: String, _ out: String, quiet: Bool = true) async throws -> Ending {
      try await Rebound.run(
        ["run", spec, "--out", out, "--workers", "2", "--threads", "1", "--output", quiet ? "quiet" : "text"])
    }

    /// Replaces a label map by one of the same size with one value everywhere.
    private func fill(_ mask: String, with value: UInt8) throws {
      let (width, height) = try GreyPNG.size(of: mask)
      try GreyPNG.data(width: width, height: height, value: value).write(to: URL(fileURLWithPath: mask))
    }

    @Test func `bad evaluation images are given up and named, the sweep goes on, and repaired ones complete it`()
      async throws
    {
      let workspace = try Workspace(train: 8, evaluate: 4)
      let spec = try workspace.spec()
      let calm = workspace.path("calm")
      #expect(try await run(spec, calm).code == 0)
      let expected = try RunContent(calm)

      let damaged = [workspace.evaluation(1).image, workspace.evaluation(2).mask, workspace.evaluation(3).mask]
      let sound = try damaged.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
      try sound[0].prefix(sound[0].count / 2).write(to: URL(fileURLWithPath: damaged[0]))
      try fill(damaged[1], with: 77)
      try fill(damaged[2], with: 255)

      let out = workspace.path("disturbed")
      let ending = try await run(spec, out, quiet: false)
      #expect(ending.code == 3, "\(ending.errors)")
      for file in damaged { #expect(ending.output.contains(file), "the report doesn't name \(file)") }
      let partial = try RunContent(out)
      let perImage = expected.committed(.sweep) / 4
      #expect(partial.committed(.sweep) == perImage)
      #expect(partial.quarantined.count == 3 * perImage)
      let status = try #require(await status(of: out))
      #expect(status.phase == .finishedWithGaps)
      #expect(status.progress(.sweep)?.quarantined == 3 * perImage)
      let messages = status.failures.map(\.message)
      for file in damaged {
        #expect(messages.count { $0.contains(file) } == 1, "\(messages)")
        #expect(ending.errors.contains(file), "no progress line names \(file)")
      }

      for (file, data) in zip(damaged, sound) { try data.write(to: URL(fileURLWithPath: file)) }
      let repaired = try await run(spec, out)
      #expect(repaired.code == 0, "\(repaired.errors)")
      let whole = try RunContent(out)
      #expect(whole.quarantined.isEmpty)
      #expect(whole.predictions == expected.predictions)
      #expect(whole.payloads == expected.payloads)
      #expect(whole.report == expected.report)
    }

    @Test func `where no training image can be read the run says so and which, and goes on once it is repaired`()
      async throws
    {
      let workspace = try Workspace(train: 2, evaluate: 1)
      let spec = try workspace.spec()
      let image = workspace.path("images/train/train-0001.jpg")
      let sound = try Data(contentsOf: URL(fileURLWithPath: image))
      try sound.prefix(1000).write(to: URL(fileURLWithPath: image))
      try await run(spec, workspace.path("out")).expectSentence("no probe can be fitted", image)
      try sound.write(to: URL(fileURLWithPath: image))
      #expect(try await run(spec, workspace.path("out")).code == 0)
    }

    @Test func `an evaluation image that shows a training image's picture is given up with both names`() async throws {
      let workspace = try Workspace(train: 4, evaluate: 2)
      let spec = try workspace.spec()
      let (image, mask) = workspace.evaluation(1)
      for (copy, kind, ending) in [(image, "images", "jpg"), (mask, "masks", "png")] {
        try FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: workspace.path("\(kind)/train/train-0002.\(ending)"), toPath: copy)
      }
      // A comment changes the file and no pixel.
      var bytes = try Data(contentsOf: URL(fileURLWithPath: image))
      bytes.insert(contentsOf: [0xFF, 0xFE, 0x00, 0x03, 0x21], at: 2)
      try bytes.write(to: URL(fileURLWithPath: image))

      let out = workspace.path("out")
      #expect(try await run(spec, out).code == 3)
      let content = try RunContent(out)
      #expect(Set(content.quarantined.map(\.trial.unit)).count == 1)
      let reason = try #require(content.quarantined.first?.error)
      #expect(reason.contains(image) && reason.contains("train-0002.jpg"), "\(reason)")
    }
  }
}
