import Catalog
import Compute
import Coordinator

/// All that checks judge: gathered once, before the first of them.
public struct Evidence: Sendable {
  /// The machine.
  public var machine: Machine
  /// What a spec names; nil if only the machine is looked at.
  public var sweep: SweepEvidence?

  /// Takes each property as it is.
  public init(machine: Machine, sweep: SweepEvidence?) {
    self.machine = machine
    self.sweep = sweep
  }
}

/// What a spec says, and what lies where it points.
public struct SweepEvidence: Sendable {
  /// The spec, or what is wrong with it.
  public var reading: SpecReading
  /// The checkpoint's tensors; nil if the model's config cannot be used.
  public var checkpoint: CheckpointSurvey.Result?
  /// Some images of both splits, decoded; none if the spec cannot be read.
  public var sample: [SampledImage]
  /// What the sweep will take; nil if the spec cannot be read.
  public var plan: Plan?
  /// How a run would use this machine.
  public var use: MachineUse
  /// The disk that the run would write to; nil if that is not known.
  public var disk: Disk?
  /// The picture of one sampled image; nil if there is none to draw.
  public var overlay: OverlayFile?

  /// Gathers what the spec names: reads headers of weights, and decodes at most `images` images of each split. Nothing is
  /// written but the overlay, to the file that `overlay` gives for the experiment's name.
  public init(
    reading: SpecReading, use: MachineUse, runDirectory: String?, images: Int, overlay: (_ name: String) -> String
  ) {
    self.reading = reading
    self.use = use
    checkpoint = reading.facts.map(CheckpointSurvey.result(of:))
    disk = runDirectory.map(Disk.init(for:))
    guard let spec = reading.spec else {
      sample = []
      return
    }
    sample = SampledImage.some(of: spec, images: images)
    // Time is no matter here, so the rate is not measured.
    plan = Plan(
      experiment: spec.experiment, facts: spec.facts, prompt: spec.prompt,
      weightBytes: (try? ModelIdentity.weightBytes(directory: spec.facts.directory)) ?? 0, workers: use.workers,
      threads: use.threads, rate: 0, peak: 0)
    self.overlay = OverlayFile(of: sample, spec: spec, path: overlay(spec.experiment.name))
  }
}

/// How a run uses a machine.
public struct MachineUse: Sendable {
  /// Worker processes.
  public var workers: Int
  /// Threads of each.
  public var threads: Int
  /// Bytes of memory for each.
  public var memory: Int

  /// Takes each property as it is.
  public init(workers: Int, threads: Int, memory: Int) {
    self.workers = workers
    self.threads = threads
    self.memory = memory
  }
}
