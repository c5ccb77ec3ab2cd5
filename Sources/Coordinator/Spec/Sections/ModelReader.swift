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

  /// The token ids around the image: those of the spec, or the family's.
  func prompt(_ top: SpecMapping, facts: ModelFacts?) -> Prompt? {
    top["prompt"]?.fail("a prompt as text is not supported by this version; write its token ids as prefix_token_ids")
    let prefix = top["prefix_token_ids"].map { ids($0, facts) } ?? facts.flatMap { familyPrefix($0, top["model"]) }
    let suffix =
      top["suffix_token_ids"].map { self.suffix($0, facts) } ?? facts.flatMap { familySuffix($0, top["model"]) }
    guard let prefix, let suffix else { return nil }
    let prompt = Prompt(prefix: prefix, suffix: suffix)
    guard prompt.count <= ModelFacts.prefixLimit else {
      (top["suffix_token_ids"] ?? top["prefix_token_ids"])?.fail(
        "\(prompt.count) token ids stand around the image; at most \(ModelFacts.prefixLimit) may")
      return nil
    }
    return prompt
  }

  /// Ids of words; nil after reporting what is wrong.
  private func ids(_ value: SpecValue, _ facts: ModelFacts?) -> [Int]? {
    guard let items = value.list(of: "token ids") else { return nil }
    guard items.count <= ModelFacts.prefixLimit else {
      value.fail("holds \(items.count) token ids; at most \(ModelFacts.prefixLimit) may stand around the image")
      return nil
    }
    let imageToken = facts.flatMap { try? ModelFacts.imageTokenID(directory: $0.directory) }
    var ids: [Int] = []
    for item in items {
      guard let id = item.integer(in: 0...Int.max) else { continue }
      if id == imageToken {
        item.fail("\(id) stands for the image itself; write only the ids around it")
      } else if let vocabulary = facts?.decoder.vocabulary, id >= vocabulary {
        item.fail("\(id) is not in the model's vocabulary of \(vocabulary) tokens")
      } else {
        ids.append(id)
      }
    }
    return ids.count == items.count ? ids : nil
  }

  private func suffix(_ value: SpecValue, _ facts: ModelFacts?) -> [Int]? {
    guard facts?.decoder.isCausal != true else {
      value.fail(
        "what stands behind the image cannot influence it in this model, whose attention is causal; leave it out")
      return nil
    }
    return ids(value, facts)
  }

  /// What the family's own prompt begins with, if the vocabulary has it.
  private func familyPrefix(_ facts: ModelFacts, _ place: SpecValue?) -> [Int]? {
    guard let ids = facts.defaultPrefix else {
      place?.fail(
        "no prompt is known here for a \(facts.decoder.kind.rawValue) decoder; write the ids before the image as "
          + "prefix_token_ids")
      return nil
    }
    guard ids.allSatisfy({ $0 < facts.decoder.vocabulary }) else {
      place?.fail(
        "the vocabulary of \(facts.decoder.vocabulary) tokens does not hold the \(facts.family.rawValue) prompt; "
          + "write the ids before the image as prefix_token_ids")
      return nil
    }
    return ids
  }

  /// What the family's own prompt ends with, if the vocabulary has it.
  private func familySuffix(_ facts: ModelFacts, _ place: SpecValue?) -> [Int]? {
    guard let ids = facts.defaultSuffix else { return [] }
    guard ids.allSatisfy({ $0 < facts.decoder.vocabulary }) else {
      place?.fail(
        "the vocabulary of \(facts.decoder.vocabulary) tokens does not hold the \(facts.family.rawValue) prompt; "
          + "write the ids behind the image as suffix_token_ids")
      return nil
    }
    return ids
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
