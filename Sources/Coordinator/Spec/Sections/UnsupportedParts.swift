/// Refuses what the design's grammar names and this version does not do, so that nothing is ignored silently.
struct UnsupportedParts {
  /// Reports each part that asks for more than the defaults.
  func refuse(_ top: SpecMapping) {
    top["precision"]?.fail("stopping a variant once it is precise is not supported by this version; leave it out")
    guard let record = top["record"]?.mapping(keys: ["tokens", "pixels", "margins"]) else { return }
    if let tokens = record["tokens"], tokens.flag() == false {
      tokens.fail("leaving out the predictions per token is not supported by this version; write true")
    }
    _ = record["pixels"]?.choice(["none"], unsupported: ["baseline", "all"])
    if let margins = record["margins"], margins.flag() == true {
      margins.fail("recording margins is not supported by this version; write false")
    }
  }
}
