import Catalog

extension Plan {
  /// The schema of ``json()``.
  public static let schema = 1

  /// Plans `experiment` on `workers` processes of `threads` threads, each of which does `rate` operations a second, of at most
  /// `peak` in float32.
  ///
  /// `facts` are of the experiment's model, `prompt` is of its spec, `weightBytes` the size of its weight files
  /// (``ModelIdentity/weightBytes``).
  public init(
    experiment: Experiment, facts: ModelFacts, prompt: ChosenPrompt, weightBytes: UInt64, workers: Int, threads: Int,
    rate: Double, peak: Double
  ) {
    let cost = ForwardCost(facts: facts, prompt: experiment.model.prompt)
    let probes = ProbeCost(experiment: experiment, facts: facts)
    let disk = DiskUse(experiment: experiment, facts: facts)
    let knockouts = experiment.knockouts.map { KnockoutPlan($0, experiment: experiment, cost: cost, probes: probes) }
    let image = ImagePlan(
      vision: cost.vision, baseline: cost.baseline, probes: probes.reading(experiment.probes.sites, rows: cost.tokens),
      variants: knockouts.reduce(0) { $0 + $1.operations },
      naive: Double(1 + experiment.variants.count)
        * (cost.vision + cost.baseline + probes.reading(experiment.probes.sites, rows: cost.tokens)))
    let fitted = experiment.probes.method != .imported
    // Hidden states of decoder sites need the walk, those of vision sites and the adapter don't.
    let walks = experiment.probes.sites.contains { $0 >= .llm(1) }
    let work: [(stage: Stage, operations: Double, bytes: Double)] = [
      (
        .extract, fitted ? Double(experiment.data.train.count) * (cost.vision + (walks ? cost.baseline : 0)) : 0,
        fitted ? disk.features : 0
      ),
      (.fit, fitted ? probes.fitting : 0, fitted ? disk.probes : 0),
      (
        .sweep,
        Double(experiment.data.evaluate.count) * (image.vision + image.baseline + image.probes + image.variants),
        disk.outcomes
      ),
    ]
    self.init(
      schema: Self.schema, name: experiment.name, prompt: PromptPlan(prompt, experiment.model, facts),
      tiling: experiment.model.tiling, workers: workers, threads: threads, rate: rate, peak: peak,
      stages: work.map { stage, operations, bytes in
        let units = experiment.units(of: stage)
        let trials = units * experiment.trialsPerUnit(of: stage)
        let busy = Double(max(1, min(workers, trials)) * max(1, threads))
        return StagePlan(
          stage: stage, units: units, trials: trials, operations: operations,
          seconds: rate > 0 ? operations / (rate * busy) : 0, diskBytes: Bytes.whole(bytes))
      },
      knockouts: knockouts, image: image,
      memory: MemoryPlan(
        experiment: experiment, facts: facts, weightBytes: weightBytes, threads: threads, rows: cost.rows))
  }
}

extension Plan.KnockoutPlan {
  init(_ knockout: Knockout, experiment: Experiment, cost: ForwardCost, probes: ProbeCost) {
    let operations = knockout.windows.reduce(0.0) { sum, window in
      let sites = experiment.sites(behind: window)
      let first = cost.firstRow(of: knockout)
      return sum + cost.variant(knockout, window: window, lastLayer: experiment.lastLayer(of: window))
        + probes.reading(sites, rows: cost.rows - first)
    }
    let arms = knockout.arms.count
    self.init(
      name: knockout.name, edit: knockout.edit, windows: knockout.windows, arms: arms,
      variants: knockout.windows.count * arms, operations: operations * Double(arms))
  }
}
