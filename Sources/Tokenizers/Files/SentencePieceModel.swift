/// `tokenizer.model` of SentencePiece: pieces, most frequent merge first, and what they are.
struct SentencePieceModel {
  /// One piece; its place is its id.
  struct Piece {
    let text: [UInt8]
    /// `<s>` and the like, and what its maker set apart: a text is cut at these.
    let isAdded: Bool
  }

  let file: String
  private(set) var pieces: [Piece] = []

  static let sizeLimit = 16 << 20
  /// The splits of a piece are tried one by one.
  private static let pieceLimit = 256

  /// Reads the message `ModelProto`; refuses a model that transformers' LlamaTokenizer and SentencePiece would read differently.
  init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
    self.file = file
    guard bytes.count <= Self.sizeLimit else {
      throw TokenizerError("\(file) has \(bytes.count) bytes; at most \(Self.sizeLimit) are read")
    }
    var trainer = Trainer()
    var normalizer = Spelling()
    do {
      var reader = ProtobufReader(bytes[...])
      while let (field, value) = try reader.next() {
        guard case .bytes(let message) = value else { continue }
        switch field {
        case 1: pieces.append(try Self.piece(message))
        case 2: try trainer.read(message)
        case 3: try normalizer.read(message)
        default: continue
        }
      }
    } catch {
      throw TokenizerError("\(file) is not a SentencePiece model, or is damaged")
    }
    guard !pieces.isEmpty else { throw TokenizerError("\(file) is not a SentencePiece model, or is damaged") }
    func refuse(_ what: String) -> TokenizerError {
      TokenizerError("\(file) \(what), which is not supported by this version; give token ids instead of text")
    }
    guard trainer.isBytePair else { throw refuse("is not byte-pair encoding") }
    guard !normalizer.changesCharacters else { throw refuse("changes characters before it reads them") }
    guard !normalizer.removesSpaces else { throw refuse("removes repeated spaces") }
    guard normalizer.addsSpace else { throw refuse("puts no space before a text") }
    guard pieces.allSatisfy({ $0.text.count <= Self.pieceLimit && String(validating: $0.text, as: UTF8.self) != nil })
    else {
      throw TokenizerError("\(file) holds a piece that is not text of at most \(Self.pieceLimit) bytes")
    }
  }

  private static func piece(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Damaged) -> Piece {
    var text: [UInt8] = []
    var isAdded = false
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let bytes)): text = Array(bytes)
      // CONTROL and USER_DEFINED.
      case (3, .varint(let kind)): isAdded = kind == 3 || kind == 4
      default: continue
      }
    }
    return Piece(text: text, isAdded: isAdded)
  }

  /// `TrainerSpec`.
  private struct Trainer {
    var isBytePair = false

    mutating func read(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Damaged) {
      var reader = ProtobufReader(message)
      while let (field, value) = try reader.next() {
        if case (3, .varint(let kind)) = (field, value) { isBytePair = kind == 2 }
      }
    }
  }

  /// `NormalizerSpec`, with the defaults of its definition.
  private struct Spelling {
    var changesCharacters = false
    var addsSpace = true
    var removesSpaces = true

    mutating func read(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Damaged) {
      var reader = ProtobufReader(message)
      while let (field, value) = try reader.next() {
        switch (field, value) {
        case (2, .bytes(let map)): changesCharacters = !map.isEmpty
        case (3, .varint(let flag)): addsSpace = flag != 0
        case (4, .varint(let flag)): removesSpaces = flag != 0
        default: continue
        }
      }
    }
  }
}
