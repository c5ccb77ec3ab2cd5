import ArgumentParser
import Catalog
import Compute
import Coordinator
import Foundation

/// `rebound plan`: what a sweep would take.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Check a spec, and say what its sweep would take: trials, time, memory, disk.")

  @OptionGroup var spec: SpecOptions
  @OptionGroup var resources: ResourceOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reportingErrors {
      let loaded = try spec.load()
      let facts = loaded.spec.facts
      let prompt = loaded.experiment.model.prompt
      // Where this machine has no bfloat16 the workers' will be faster than what is measured here.
      let arithmetic =
        loaded.experiment.compute.dtype == .bf16 ? (try? .bestBFloat16()) ?? Arithmetic.float32 : .float32
      let rates = await withCheckedContinuation { continuation in
        Thread {
          continuation.resume(returning: WalkBenchmark.rates(of: facts, prompt: prompt, arithmetic: arithmetic))
        }.start()
      }
      let plan = Plan(
        experiment: loaded.experiment, facts: facts, prompt: loaded.spec.prompt,
        weightBytes: try ModelIdentity.weightBytes(directory: facts.directory), workers: resources.workerCount,
        threads: resources.threadCount(loaded.spec), rate: rates.walk, peak: rates.peak)
      try output.answer(plan, text: plan.text)
    }
  }
}
