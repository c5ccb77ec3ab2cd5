import ArgumentParser
import Catalog
import Compute
import Coordinator
import Foundation

/// The spec and where its run goes.
struct SpecOptions: ParsableArguments {
  @Argument(help: "The spec, a YAML file.")
  var spec: String

  @Option(help: "The run directory (default: runs/NAME beside the spec).")
  var out: String?

  @Option(help: "Only this many training and evaluation images, as a run NAME-pilot, to see that everything works.")
  var pilot: Int?

  func validate() throws {
    if let pilot, pilot < 2 { throw ValidationError("--pilot is a number of images, at least 2") }
  }

  /// The spec, read and checked.
  func load() throws -> LoadedSpec { try LoadedSpec(file: spec, pilot: pilot) }

  /// The run directory of an experiment.
  func directory(for experiment: Experiment) -> String {
    RunPath.forSpec(spec, name: experiment.name, out: out)
  }
}

/// A spec with its bytes, and the experiment to run: its own, or a pilot of it.
struct LoadedSpec {
  let spec: Spec
  let bytes: Data
  let experiment: Experiment

  /// Reads and checks `file` and that its checkpoint is whole; with `pilot`, takes that many images.
  init(file: String, pilot: Int?) throws {
    spec = try Spec.load(file: file)
    _ = try Model(directory: spec.facts.directory)
    guard let bytes = FileManager.default.contents(atPath: file) else { throw UsageError("\(file) cannot be read") }
    self.bytes = bytes
    experiment = pilot.map { [spec] in spec.experiment.pilot(images: $0) } ?? spec.experiment
  }
}

/// How a machine's cores and memory are used.
struct ResourceOptions: ParsableArguments {
  @Option(help: "Worker processes (default: one per core, at most 4).")
  var workers: Int?

  @Option(help: "Threads of each worker (default: the spec's, or cores / workers).")
  var threads: Int?

  @Option(help: "Memory for each worker's activations, such as 4G (default: three quarters of the machine's, shared).")
  var memory: String?

  func validate() throws {
    if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers is a number from 1 to 1024") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    if let memory, parseBytes(memory) == nil { throw ValidationError("--memory is a number of bytes, such as 4G") }
  }

  var workerCount: Int { workers ?? min(4, Resources.cores) }

  func threadCount(_ spec: Spec?) -> Int { threads ?? spec?.threads ?? Resources.threads(workers: workerCount) }

  var memoryBytes: Int { memory.flatMap(parseBytes) ?? Resources.memory(workers: workerCount) }
}
