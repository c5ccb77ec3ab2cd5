/// Byte-pair encoding, as the `BPE` model of Hugging Face's tokenizers: a word's characters are merged pair by pair, the pair
/// of least rank first, the leftmost of equal ones.
struct BytePairModel: Sendable {
  /// What two neighbours become, and how early.
  struct Merge: Hashable, Sendable {
    let rank: Int
    let id: Int
  }

  /// Two ids side by side.
  struct Pair: Hashable, Sendable {
    let left: Int
    let right: Int
  }

  let vocabulary: Vocabulary
  let merges: [Pair: Merge]
  /// Stands for characters that the vocabulary cannot write; without one they are left out.
  let unknown: Int?
  /// Whether neighbouring unknown characters become one.
  let fusesUnknown: Bool
  /// [byte]: the pieces `<0x00>` … `<0xFF>`, which write characters that are no pieces; nil if they are not used for that.
  let byteFallback: [Int?]?
  /// Whether a word that is a piece is taken as it is.
  let takesWholeWords: Bool

  init(
    vocabulary: Vocabulary, merges: [Pair: Merge], unknown: Int?, fusesUnknown: Bool, byteFallback: Bool,
    takesWholeWords: Bool
  ) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.unknown = unknown
    self.fusesUnknown = fusesUnknown
    self.byteFallback = byteFallback ? Self.bytePieces.map { vocabulary[$0] } : nil
    self.takesWholeWords = takesWholeWords
  }

  /// [byte]: `<0x00>` … `<0xFF>`.
  static let bytePieces: [String] = (0..<256).map { byte in
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(byte < 16 ? "0" : "")\(digits)>"
  }

  /// The ids of one word.
  func encode(_ word: [Unicode.Scalar]) -> [Int] {
    if takesWholeWords, let id = vocabulary[word.utf8] { return [id] }
    return merged(symbols(word))
  }

  /// A word's characters as ids.
  private func symbols(_ word: [Unicode.Scalar]) -> [Int] {
    var symbols: [Int] = []
    // An unknown waits for the next known character, and so stands behind bytes that come in between: as in tokenizers.
    var waiting: Int?
    for scalar in word {
      let bytes = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      if let id = vocabulary[bytes] {
        if let waiting { symbols.append(waiting) }
        waiting = nil
        symbols.append(id)
      } else if let byteFallback, case let ids = bytes.compactMap({ byteFallback[Int($0)] }), ids.count == bytes.count {
        symbols += ids
      } else if let unknown {
        if let waiting, !fusesUnknown { symbols.append(waiting) }
        waiting = unknown
      }
    }
    return waiting.map { symbols + [$0] } ?? symbols
  }

  /// Merges until no pair can be: n log n by a heap of candidates over a linked list.
  private func merged(_ symbols: [Int]) -> [Int] {
    var chain = Chain(symbols)
    var candidates = MinHeap<Candidate>()
    func offer(at position: Int) {
      guard let next = chain.next(position),
        let merge = merges[Pair(left: chain.ids[position], right: chain.ids[next])]
      else { return }
      candidates.push(Candidate(rank: merge.rank, position: position, id: merge.id))
    }
    for position in symbols.indices { offer(at: position) }
    while let candidate = candidates.pop() {
      let position = candidate.position
      // Left behind by a merge that took one of the two.
      guard chain.isAlive[position], let next = chain.next(position),
        merges[Pair(left: chain.ids[position], right: chain.ids[next])]?.id == candidate.id
      else { continue }
      chain.join(position, next, as: candidate.id)
      if let previous = chain.previous(position) { offer(at: previous) }
      offer(at: position)
    }
    return chain.ids.indices.filter { chain.isAlive[$0] }.map { chain.ids[$0] }
  }

  private struct Candidate: Comparable {
    let rank: Int
    let position: Int
    let id: Int

    static func < (left: Self, right: Self) -> Bool { (left.rank, left.position) < (right.rank, right.position) }
  }

  /// Symbols from left to right, some of which have been taken into the one before.
  private struct Chain {
    var ids: [Int]
    var isAlive: [Bool]
    private var following: [Int]
    private var preceding: [Int]

    init(_ ids: [Int]) {
      self.ids = ids
      isAlive = Array(repeating: true, count: ids.count)
      following = ids.indices.map { $0 + 1 }
      preceding = ids.indices.map { $0 - 1 }
    }

    func next(_ position: Int) -> Int? { following[position] < ids.count ? following[position] : nil }
    func previous(_ position: Int) -> Int? { preceding[position] >= 0 ? preceding[position] : nil }

    mutating func join(_ left: Int, _ right: Int, as id: Int) {
      ids[left] = id
      isAlive[right] = false
      following[left] = following[right]
      if following[right] < ids.count { preceding[following[right]] = left }
    }
  }
}
