import Catalog
import Foundation

/// Reads `probes`.
struct ProbesReader {
  let paths: SpecPaths
  let facts: ModelFacts?
  let tokensPerImage: Int?

  private static let defaultL2 = [1e-5, 1e-4, 1e-3, 1e-2]
  private static let l2Limit = 64

  /// What the section says, defaults filled in; nil if the sites are not known.
  func read(_ top: SpecMapping) -> Experiment.Probes? {
    let all = facts.map { Site.all(of: $0) }
    guard let value = top["probes"] else {
      return all.map { probes(sites: $0, method: .softmax, targets: .distribution, l2: Self.defaultL2, file: nil) }
    }
    guard let mapping = value.mapping(keys: ["sites", "method", "targets", "l2", "import"]) else { return nil }
    let sites = mapping["sites"].map { self.sites($0, all: all) } ?? all
    let method = mapping["method"]?.choice(["softmax", "ridge"]).flatMap { Experiment.Probes.Method(rawValue: $0) }
    let targets = mapping["targets"]?.choice(Experiment.Probes.Targets.allCases.map(\.rawValue))
      .flatMap { Experiment.Probes.Targets(rawValue: $0) }
    let l2 = mapping["l2"].flatMap { self.l2($0) }
    let file = mapping["import"].flatMap { self.file($0) }
    if mapping["import"] != nil {
      mapping.refuse(["method", "targets", "l2"], "has no effect on imported probes; leave it or import out")
    }
    guard let sites else { return nil }
    return probes(
      sites: sites, method: file == nil ? method ?? .softmax : .imported, targets: targets ?? .distribution,
      l2: l2 ?? Self.defaultL2, file: file)
  }

  private func probes(
    sites: [Site], method: Experiment.Probes.Method, targets: Experiment.Probes.Targets, l2: [Double], file: String?
  ) -> Experiment.Probes {
    Experiment.Probes(
      sites: sites, method: method, targets: targets, l2: l2,
      tokensPerImage: tokensPerImage ?? DataReader.defaultTokensPerImage, file: file)
  }

  private func sites(_ value: SpecValue, all: [Site]?) -> [Site]? {
    if value.isWord("all") { return all }
    guard value.isList, let items = value.list(of: "sites") else {
      value.fail("is \(value.shown), but all or a list of sites such as [adapter, llm.1] is expected here")
      return nil
    }
    guard !items.isEmpty else {
      value.fail("names no site; write all or a list such as [adapter, llm.1]")
      return nil
    }
    var sites: Set<Site> = []
    for item in items {
      guard let site = SiteReader(facts: facts).read(item) else { continue }
      if !sites.insert(site).inserted { item.fail("\(site) stands in the list twice") }
    }
    return sites.count == items.count ? sites.sorted() : nil
  }

  private func l2(_ value: SpecValue) -> [Double]? {
    guard let items = value.list(of: "numbers") else { return nil }
    guard !items.isEmpty, items.count <= Self.l2Limit else {
      value.fail(
        items.isEmpty
          ? "names no λ to choose from; write a list such as [1e-4, 1e-2]" : "holds over \(Self.l2Limit) values")
      return nil
    }
    var l2: [Double] = []
    for item in items {
      guard let number = item.number() else { continue }
      if number <= 0 {
        item.fail("\(number) is not above 0")
      } else if l2.contains(number) {
        item.fail("\(number) stands in the list twice")
      } else {
        l2.append(number)
      }
    }
    return l2.sorted()
  }

  private func file(_ value: SpecValue) -> String? {
    guard let text = value.text() else { return nil }
    let path = paths.resolve(text)
    guard FileManager.default.isReadableFile(atPath: path) else {
      value.fail("\(path) cannot be read; name a safetensors file with SITE.weight and SITE.bias")
      return nil
    }
    return path
  }
}
