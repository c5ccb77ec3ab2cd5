/// What a variant computes, whatever its number in an experiment: on the same image, by the same model and probes, variants
/// of equal content have equal outcomes.
public struct VariantContent: Hashable, Sendable {
  /// The knockout in the variant's one window, with what its draws are taken from, not how many there are; nil for the
  /// baseline. Its name is a part of it: it seeds the draws.
  public let knockout: Knockout?
  /// Which arm.
  public let arm: Variant.Arm
}

extension Experiment {
  /// [variant, the baseline first]: what each computes.
  public var variantContents: [VariantContent] {
    [VariantContent(knockout: nil, arm: .treatment)]
      + variants.map { variant in
        let rule = knockouts[variant.knockout]
        // The treatment is the same whatever it is compared with.
        let control =
          variant.arm == .treatment ? nil : rule.control.map { Knockout.MatchedControl(draws: 0, from: $0.from) }
        return VariantContent(
          knockout: Knockout(
            name: rule.name, edit: rule.edit, queries: rule.queries, keys: rule.keys, relations: rule.relations,
            windows: [variant.window], heads: rule.heads, control: control),
          arm: variant.arm)
      }
  }
}
