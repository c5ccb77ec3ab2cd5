import Catalog
import Foundation
import Testing

struct ExperimentTests {
  @Test(arguments: 0..<20) func `an experiment's JSON reads back, and equal experiments have equal digests`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    let experiment = random.experiment()
    let json = try experiment.canonicalJSON()
    let copy = try Experiment(json: json)
    #expect(copy == experiment)
    #expect(try copy.canonicalJSON() == json)
    #expect(try copy.digest() == experiment.digest())
    #expect(try experiment.digest() != random.experiment().digest())
  }

  @Test func `the digest of a fixed experiment never changes, for it names run directories`() throws {
    let experiment = Experiment(
      name: "fixed",
      model: .init(
        directory: "/m", identity: Digest(of: Data()), prefixTokenIDs: [1], layers: 2, visionLayers: 1,
        featureSite: .vision(0), grid: Grid(rows: 2, columns: 3)),
      data: .init(
        classes: ["a", "b"], void: [255], train: [],
        evaluate: [.init(name: "x", image: "/x.jpg", mask: "/x.png", cluster: "x")]),
      probes: .init(
        sites: [.adapter, .llm(1)], method: .softmax, targets: .majority, l2: [0.5], tokensPerImage: 4, file: nil),
      reference: .adapter,
      knockouts: [
        Knockout(
          name: "k", edit: .block, queries: .wrong(.window), keys: .gold(1), relations: [.within(2)],
          windows: [LayerWindow(first: 1, last: 2)], heads: .some([0]), control: .init(draws: 1))
      ], horizon: nil, compute: .init(kernel: .uniform), seed: 7)
    let json = String(decoding: try experiment.canonicalJSON(), as: UTF8.self)
    #expect(
      json
        == [
          #"{"compute":{"kernel":"uniform"},"data":{"classes":["a","b"],"evaluate":[{"cluster":"x","image":"/x.jpg","#,
          #""mask":"/x.png","name":"x"}],"geometry":"model","labels":[[0],[1]],"train":[],"void":[255]},"#,
          #""knockouts":[{"control":{"draws":1},"edit":"block","heads":[0],"keys":"gold(1)","name":"k","#,
          #""queries":"wrong@window","relations":["within(2)"],"windows":[[1,2]]}],"#,
          #""model":{"directory":"/m","featureSite":"vision.0","grid":{"columns":3,"rows":2},"#,
          #""identity":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","layers":2,"prefixTokenIDs":[1],"#,
          #""visionLayers":1},"name":"fixed","probes":{"l2":[0.5],"method":"softmax","sites":["adapter","llm.1"],"#,
          #""targets":"majority","tokensPerImage":4},"reference":"adapter","seed":7}"#,
        ].joined())
  }

  @Test(arguments: 0..<10) func `variants are numbered from 1 in the order of knockouts, windows and arms`(seed: UInt64)
  {
    var random = SeededGenerator(seed: seed)
    let experiment = random.experiment()
    let variants = experiment.variants
    #expect(variants.map(\.index) == Array(1..<(variants.count + 1)))
    #expect(
      variants.count == experiment.knockouts.reduce(0) { $0 + $1.windows.count * (1 + 2 * ($1.control?.draws ?? 0)) })
    var expected: [(Int, LayerWindow, String)] = []
    for (index, knockout) in experiment.knockouts.enumerated() {
      for window in knockout.windows {
        expected.append((index, window, "treatment"))
        for draw in 0..<(knockout.control?.draws ?? 0) {
          expected.append((index, window, "thinned \(draw + 1)"))
          expected.append((index, window, "control \(draw + 1)"))
        }
      }
    }
    #expect(zip(variants, expected).allSatisfy { ($0.knockout, $0.window, "\($0.arm)") == $1 })
    #expect(experiment.trialsPerUnit(of: .sweep) == 1 + variants.count)
    #expect(experiment.trialsPerUnit(of: .extract) == 1)
  }

  @Test(arguments: 0..<10) func `a variant's sites are the probed ones from its window to its horizon`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let experiment = random.experiment()
    for window in experiment.knockouts.flatMap(\.windows) {
      let last = min(40, experiment.horizon.map { window.last + $0 } ?? 40)
      #expect(experiment.lastLayer(of: window) == last)
      #expect(
        experiment.sites(behind: window)
          == (window.first...last).map { Site.llm($0) }.filter { experiment.probes.sites.contains($0) })
    }
  }

  @Test(arguments: 0..<10) func `shards hold every training image once, in order`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let experiment = random.experiment()
    let shards = experiment.probes.method == .imported ? 0 : (experiment.data.train.count + 7) / 8
    #expect(experiment.units(of: .extract) == shards)
    #expect(experiment.units(of: .fit) == (experiment.probes.method == .imported ? 0 : experiment.probes.sites.count))
    #expect(experiment.units(of: .sweep) == experiment.data.evaluate.count)
    if shards > 0 { #expect((0..<shards).flatMap { experiment.trainingShard($0) } == experiment.data.train) }
  }

  @Test func `grid distance is Chebyshev's, in raster order`() {
    let grid = Grid(rows: 3, columns: 4)
    #expect(grid.tokens == 12)
    #expect(grid.distance(0, 11) == 3)
    #expect(grid.distance(1, 4) == 1)
    #expect(grid.distance(3, 4) == 3)
    #expect(grid.distance(5, 5) == 0)
  }
}

struct StageTests {
  @Test func `stages run in order and travel as their names`() throws {
    #expect(Stage.allCases.sorted() == [.extract, .fit, .sweep])
    let json = try JSONEncoder().encode(Stage.allCases)
    #expect(String(decoding: json, as: UTF8.self) == #"["extract","fit","sweep"]"#)
    #expect(try JSONDecoder().decode([Stage].self, from: json) == Stage.allCases)
    #expect(Stage(name: "sweeps") == nil)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Stage].self, from: Data(#"["fits"]"#.utf8)) }
  }
}

struct NearestTests {
  @Test(arguments: [
    ("windws", "windows"), ("QUERIES", "queries"), ("wher", "where"), ("windows", "windows"), ("kyes", "keys"),
  ])
  func `the nearest name is suggested`(word: String, match: String) {
    #expect(Nearest.match(for: word, among: ["queries", "keys", "where", "windows"]) == match)
    #expect(Nearest.suggestion(for: word, among: [match]) == "; did you mean '\(match)'?")
  }

  @Test func `nothing is suggested where nothing is near`() {
    #expect(Nearest.match(for: "xylophone", among: ["queries", "keys"]) == nil)
    #expect(Nearest.suggestion(for: "xylophone", among: ["queries", "keys"]) == "")
    #expect(Nearest.match(for: String(repeating: "a", count: 100_000), among: ["queries"]) == nil)
  }
}
