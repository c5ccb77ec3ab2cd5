/// A small, fast, portable generator (SplitMix64, Steele et al. 2014), so that every seeded choice is the same on every
/// machine and in every version of Swift.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator with this seed.
  public init(seed: UInt64) { state = seed }

  /// A generator for one named purpose: H(seed, parts…), as the design's control draws require.
  public init(seed: UInt64, _ parts: UInt64...) {
    var state = seed
    for part in parts {
      var mixer = SeededGenerator(seed: state ^ (part &* 0x9E37_79B9_7F4A_7C15))
      state = mixer.next()
    }
    self.state = state
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in 0 ..< bound, without bias (Lemire's method); `bound` must be positive.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// The first `count` items of a seeded shuffle of `items`, in shuffled order.
  public mutating func sample<Item>(_ count: Int, of items: [Item]) -> [Item] {
    var items = items
    let count = min(count, items.count)
    for index in 0..<count { items.swapAt(index, index + below(items.count - index)) }
    return Array(items.prefix(count))
  }

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}

extension UInt64 {
  /// A stable hash of a text, for naming a generator's purpose (FNV-1a).
  public init(naming text: String) {
    self = text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
