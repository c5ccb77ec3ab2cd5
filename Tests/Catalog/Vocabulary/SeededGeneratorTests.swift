import Catalog
import Testing

struct SeededGeneratorTests {
  @Test func `the sequence is SplitMix64's`() {
    // The first outputs for seed 1234567, as in the reference implementation's published test values.
    var random = SeededGenerator(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }

  @Test func `a named purpose has a stream of its own`() {
    var streams: Set<UInt64> = []
    for seed in 0..<4 {
      for part in 0..<4 {
        for other in 0..<4 {
          var random = SeededGenerator(seed: UInt64(seed), UInt64(part), UInt64(other))
          streams.insert(random.next())
        }
      }
    }
    #expect(streams.count == 64)
    #expect(UInt64(naming: "image") != UInt64(naming: "imagf"))
    // FNV-1a of "a".
    #expect(UInt64(naming: "a") == 0xaf63_dc4c_8601_ec8c)
  }

  @Test func `numbers below a bound are all hit, equally often`() {
    var random = SeededGenerator(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.below(7)] += 1 }
    // Six standard deviations of a binomial count.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 560 }, "\(counts)")
  }

  @Test func `a sample is a prefix of a larger one, without repetition`() {
    let items = Array(0..<50)
    var whole = SeededGenerator(seed: 9)
    let all = whole.sample(50, of: items)
    #expect(all.sorted() == items)
    #expect(all != items)
    for count in [0, 1, 20] {
      var random = SeededGenerator(seed: 9)
      #expect(random.sample(count, of: items) == Array(all.prefix(count)))
    }
    #expect(whole.sample(80, of: items).count == 50)
  }

  @Test func `uniform numbers lie in the unit interval`() {
    var random = SeededGenerator(seed: 3)
    let numbers = (0..<10_000).map { _ in random.uniform() }
    #expect(numbers.allSatisfy { (0..<1).contains($0) })
    #expect(abs(numbers.reduce(0, +) / 10_000 - 0.5) < 0.02)
  }
}
