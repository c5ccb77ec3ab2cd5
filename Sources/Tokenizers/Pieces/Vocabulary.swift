/// Pieces and their ids. Pieces are compared byte by byte: Swift's strings take é and e + ´ for equal, vocabularies hold both.
struct Vocabulary: Sendable {
  private let ids: [[UInt8]: Int]
  private let pieces: [Int: [UInt8]]

  /// At most this many pieces; an id is below it too.
  static let limit = 4_000_000

  init(_ ids: [[UInt8]: Int]) {
    self.ids = ids
    pieces = Dictionary(ids.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
  }

  var count: Int { ids.count }

  subscript(piece: [UInt8]) -> Int? { ids[piece] }
  subscript(piece: String) -> Int? { ids[Array(piece.utf8)] }

  /// Every piece, in no order.
  var all: some Sequence<(key: [UInt8], value: Int)> { ids }

  func piece(_ id: Int) -> String? { pieces[id].map { String(decoding: $0, as: UTF8.self) } }
}
