import Catalog

/// Reads the top level of a spec, section by section; every section reports what is wrong with it and the others go on.
struct SpecReader {
  let file: String
  let diagnostics: SpecDiagnostics

  private static let keys = [
    "name", "model", "prompt", "prefix_token_ids", "suffix_token_ids", "compute", "data", "probes", "reference",
    "knockouts", "horizon", "precision", "record", "reuse", "audit", "seed",
  ]
  private static let defaultSeed: UInt64 = 0

  /// The spec, nil after reporting what is wrong, and its model, nil if that cannot be used.
  func read(_ root: SpecValue) -> (spec: Spec?, facts: ModelFacts?) {
    guard let top = root.mapping(keys: Self.keys) else { return (nil, nil) }
    let paths = SpecPaths(file: file)
    let name = top.required("name", "a name for the run's directory").flatMap { runName($0) }
    let models = ModelReader(paths: paths)
    let facts = top.required("model", "the path of a Hugging Face model directory").flatMap { models.facts($0) }
    let prompt = models.prompt(top, facts: facts)
    let compute = ComputeReader().read(top["compute"])
    let seed = top["seed"].flatMap { $0.unsigned() } ?? Self.defaultSeed
    let data = DataReader(paths: paths, seed: seed).read(top, hasImport: top["probes"]?.holds("import") ?? false)
    let probes = ProbesReader(paths: paths, facts: facts, tokensPerImage: data?.tokensPerImage).read(top)
    let reference = reference(top, facts: facts, probes: probes)
    let horizon = top["horizon"].flatMap { self.horizon($0) }
    let knockouts = KnockoutsReader(
      facts: facts, classes: data?.classes, prompt: prompt?.ids, probed: probes?.sites, reference: reference,
      horizon: horizon
    ).read(top["knockouts"])
    let reuse = ReuseReader(paths: paths).read(top["reuse"])
    let audit = AuditReader().read(top["audit"])
    UnsupportedParts().refuse(top)

    guard diagnostics.isEmpty, let name, let facts, let prompt, let data = data?.resolved, let probes, let reference,
      let model = models.resolved(facts, prompt: prompt.ids, place: top["model"])
    else { return (nil, facts) }
    let experiment = Experiment(
      name: name, model: model, data: data, probes: probes, reference: reference, knockouts: knockouts,
      horizon: horizon, compute: compute.compute, seed: seed)
    return (
      Spec(experiment: experiment, facts: facts, prompt: prompt, threads: compute.threads, reuse: reuse, audit: audit),
      facts
    )
  }

  /// A name that is a folder's name too.
  private func runName(_ value: SpecValue) -> String? {
    guard let name = value.text() else { return nil }
    let allowed = name.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0)
    }
    guard allowed, !name.hasPrefix("."), name.utf8.count <= 100 else {
      value.fail(
        "'\(name.prefix(100))' names a folder too, so it takes letters, digits, '-', '_' and '.' only, not '.' first")
      return nil
    }
    return name
  }

  private func reference(_ top: SpecMapping, facts: ModelFacts?, probes: Experiment.Probes?) -> Site? {
    guard let value = top["reference"] else {
      guard let probes, !probes.sites.contains(.adapter) else { return .adapter }
      top["probes"]?.fail("gives no probe to adapter, the default reference; add it to sites or name another reference")
      return nil
    }
    guard let site = SiteReader(facts: facts).read(value) else { return nil }
    if let probes, !probes.sites.contains(site) {
      value.fail("\(site) has no probe; add it to probes.sites")
    }
    return site
  }

  /// nil: to the last layer.
  private func horizon(_ value: SpecValue) -> Int? {
    value.isWord("all") ? nil : value.integer(in: 0...100_000, or: "all")
  }
}
