extension Experiment {
  /// The same experiment on `images` training and evaluation images (seeded, in their order), to see that everything works
  /// before a long run. Its name ends in `-pilot`, so that its run stands apart.
  public func pilot(images: Int) -> Experiment {
    func some(_ all: [LabelledImage], _ purpose: String) -> [LabelledImage] {
      var generator = SeededGenerator(seed: seed, UInt64(naming: purpose))
      return generator.sample(images, of: Array(all.indices)).sorted().map { all[$0] }
    }
    return Experiment(
      name: "\(name)-pilot", model: model,
      data: Data(
        classes: data.classes, labels: data.labels, void: data.void, encoding: data.encoding, geometry: data.geometry,
        train: some(data.train, "pilot train"), evaluate: some(data.evaluate, "pilot evaluate")),
      probes: probes, reference: reference, knockouts: knockouts, horizon: horizon, compute: compute, seed: seed)
  }
}
