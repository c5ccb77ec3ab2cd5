/// GPT-2's visible character for every byte: printable ones of Latin-1 stand for themselves, the others follow from U+0100 on.
enum ByteAlphabet {
  /// [byte]
  static let scalars: [Unicode.Scalar] = {
    let visible = [UInt8](33...126) + [UInt8](161...172) + [UInt8](174...255)
    var hidden: UInt16 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      if visible.contains(byte) { return Unicode.Scalar(byte) }
      defer { hidden += 1 }
      return Unicode.Scalar(hidden) ?? "?"
    }
  }()

  private static let bytes = Dictionary(
    zip(scalars, UInt8.min...UInt8.max), uniquingKeysWith: { first, _ in first })

  /// A text's bytes, each as its character.
  static func spell(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] { text.utf8.map { scalars[Int($0)] } }

  /// What a piece stands for; nil if it is not written in these characters, or its bytes are not text.
  static func text(_ piece: String) -> String? {
    let bytes = piece.unicodeScalars.compactMap { Self.bytes[$0] }
    guard bytes.count == piece.unicodeScalars.count else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension [Unicode.Scalar] {
  /// The text in UTF-8.
  var utf8: [UInt8] { flatMap { UTF8.encode($0) ?? UTF8.encodedReplacementCharacter } }
}
