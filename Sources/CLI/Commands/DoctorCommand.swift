import ArgumentParser
import Coordinator
import Doctor
import Foundation

/// `rebound doctor`: what this machine has, and what would hold a sweep back.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check this machine, and with a spec all that its sweep needs: go, or what to fix.",
    discussion: """
      With a spec it reads the checkpoint's headers, decodes some images with their label maps, compares memory and disk with what \
      is there, and draws one image with its labels. It computes nothing and makes no run. Exits 0 when it says go, 1 otherwise.
      """)

  @Argument(help: "The spec, a YAML file; without one, only the machine is checked.")
  var spec: String?

  @Option(help: "The run directory that would be used (default: runs/NAME beside the spec).")
  var out: String?

  @Option(help: "Images of each split to decode.")
  var images = 16

  @Option(help: "The PNG that shows one image with its labels (default: NAME.doctor.png beside the spec).")
  var overlay: String?

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...10_000).contains(images) else { throw ValidationError("--images is a number from 1 to 10000") }
  }

  func run() async throws {
    try await reportingErrors {
      let diagnosis = await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: Diagnosis(of: evidence())) }.start()
      }
      try output.answer(diagnosis, text: diagnosis.text)
      guard !diagnosis.isGo else { return }
      if output.format == .quiet { throw UsageError(diagnosis.problems.joined(separator: "\n")) }
      throw ExitCode.failure
    }
  }

  private func evidence() -> Evidence {
    let machine = Machine.here(build: Build.version, cores: Resources.cores, memory: .here())
    return Evidence(machine: machine, sweep: spec.map(sweep))
  }

  private func sweep(_ file: String) -> SweepEvidence {
    let reading = SpecReading(file: file)
    let use = MachineUse(
      workers: resources.workerCount, threads: resources.threadCount(reading.spec), memory: resources.memoryBytes)
    let run = reading.spec.map { RunPath.forSpec(file, name: $0.experiment.name, out: out) } ?? out
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return SweepEvidence(reading: reading, use: use, runDirectory: run, images: images) { name in
      overlay ?? folder.appendingPathComponent("\(name).doctor.png").path
    }
  }
}
