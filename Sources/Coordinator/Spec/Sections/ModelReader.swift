import Catalog

/// Reads `model`, `prompt`, `prefix_token_ids` and `suffix_token_ids`.
struct ModelReader {
  let paths: SpecPaths

  /// What the model directory says; nil after reporting why it cannot be used.
  func facts(_ value: SpecValue) -> ModelFacts? {
    guard let path = value.text() else { return nil }
    let directory = paths.resolve(path)
    do {
      let facts = try ModelFacts(directory: directory)
      guard try ModelIdentity.weightFiles(directory: directory).contains(where: { $0.hasSuffix(".safetensors") }) else {
        value.fail("the model cannot be used: \(directory) holds no weights (*.safetensors)")
        return nil
      }
      return facts
    } catch {
      value.fail("the model cannot be used: \(error)")
      return nil
    }
  }

  /// What stands around the image: the spec's text, its ids, or the family's default.
  func prompt(_ top: SpecMapping, facts: ModelFacts?) -> ChosenPrompt? {
    let (prefix, suffix) = (top["prefix_token_ids"], top["suffix_token_ids"])
    if let text = top["prompt"], prefix != nil || suffix != nil {
      let other = prefix != nil ? "prefix_token_ids" : "suffix_token_ids"
      text.fail("\(other) says what stands around the image as well; keep one of them")
      return nil
    }
    if prefix != nil || suffix != nil { return prompt(prefix: prefix, suffix: suffix, facts: facts) }
    guard let place = top["prompt"] ?? top["model"], let facts else { return nil }
    do {
      guard let text = top["prompt"] else { return try ChosenPrompt(familyOf: facts) }
      return try text.text().map { text throws(PromptError) in try ChosenPrompt(text: text, facts: facts) }
    } catch {
      place.fail(top["prompt"] == nil ? "\(error); write prompt or prefix_token_ids" : "\(error)")
      return nil
    }
  }

  private func prompt(prefix: SpecValue?, suffix: SpecValue?, facts: ModelFacts?) -> ChosenPrompt? {
    let ids = [prefix, suffix].map { value in value.map { self.ids($0, facts) } }
    guard let facts, !ids.contains(where: { $0 == .some(nil) }) else { return nil }
    do { return try ChosenPrompt(prefix: ids[0] ?? nil, suffix: ids[1] ?? nil, facts: facts) } catch {
      (suffix ?? prefix)?.fail("\(error)")
      return nil
    }
  }

  /// Ids of words; nil after reporting what is wrong.
  private func ids(_ value: SpecValue, _ facts: ModelFacts?) -> [Int]? {
    guard let items = value.list(of: "token ids") else { return nil }
    guard items.count <= ModelFacts.prefixLimit else {
      value.fail("holds \(items.count) token ids; at most \(ModelFacts.prefixLimit) may stand around the image")
      return nil
    }
    var ids: [Int] = []
    for item in items {
      guard let id = item.integer(in: 0...Int.max) else { continue }
      if let why = facts.flatMap({ ChosenPrompt.objection(to: id, facts: $0) }) {
        item.fail(why)
      } else {
        ids.append(id)
      }
    }
    return ids.count == items.count ? ids : nil
  }

  /// The experiment's part, which names the weights by reading samples of them; nil after reporting.
  func resolved(_ facts: ModelFacts, prompt: Prompt, place: SpecValue?) -> Experiment.Model? {
    do {
      return Experiment.Model(
        directory: facts.directory, identity: try ModelIdentity.digest(directory: facts.directory),
        prefixTokenIDs: prompt.prefix, suffixTokenIDs: facts.decoder.isCausal ? nil : prompt.suffix,
        layers: facts.decoder.layers, visionLayers: facts.vision.layers,
        featureSite: .vision(facts.connector.featureSites.max() ?? facts.vision.layers), grid: facts.grid,
        tiling: facts.family.tiling)
    } catch {
      place?.fail("the model cannot be used: \(error)")
      return nil
    }
  }
}
