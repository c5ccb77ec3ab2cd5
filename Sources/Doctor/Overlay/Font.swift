/// A small font of 5 × 8 dots for ASCII: each glyph is a list of columns, in which the lowest bit is the top row.
enum Font {
  /// Rows of a glyph, descenders included.
  static let height = 8
  private static let first: UInt8 = 32

  /// Glyphs from the space on, five columns of two digits each.
  private static let table = """
    0000000000 00005F0000 0007000700 147F147F14 242A7F2A12 2313086462 3649562050 0008070300 001C224100 0041221C00
    2A1C7F1C2A 08083E0808 0080703000 0808080808 0000606000 2010080402 3E5149453E 00427F4000 7249494946 2141494D33
    1814127F10 2745454539 3C4A494931 4121110907 3649494936 464949291E 0000140000 0040340000 0008142241 1414141414
    0041221408 0201590906 3E415D594E 7C1211127C 7F49494936 3E41414122 7F4141413E 7F49494941 7F09090901 3E41415173
    7F0808087F 00417F4100 2040413F01 7F08142241 7F40404040 7F021C027F 7F0408107F 3E4141413E 7F09090906 3E4151215E
    7F09192946 2649494932 03017F0103 3F4040403F 1F2040201F 3F4038403F 6314081463 0304780403 6159494D43 007F414141
    0204081020 004141417F 0402010204 4040404040 0003070800 2054547840 7F28444438 3844444428 384444287F 3854545418
    00087E0902 18A4A49C78 7F08040478 00447D4000 2040403D00 7F10284400 00417F4000 7C04780478 7C08040478 3844444438
    FC18242418 18242418FC 7C08040408 4854545424 04043F4424 3C4040207C 1C2040201C 3C4030403C 4428102844 4C9090907C
    4464544C44 0008364100 0000770000 0041360800 0201020402
    """

  private static let all: [[UInt8]] = table.split(whereSeparator: \.isWhitespace).map { digits in
    let values = digits.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return trimmed(stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] })
  }

  /// The space is three columns wide, other glyphs as wide as their dots.
  private static func trimmed(_ columns: [UInt8]) -> [UInt8] {
    guard let first = columns.firstIndex(where: { $0 != 0 }), let last = columns.lastIndex(where: { $0 != 0 }) else {
      return [0, 0, 0]
    }
    return Array(columns[first...last])
  }

  /// The glyphs of a text, with a question mark for what the font does not have.
  static func glyphs(of text: String) -> [[UInt8]] {
    text.unicodeScalars.map { scalar in
      let index = Int(scalar.value) - Int(first)
      return all.indices.contains(index) ? all[index] : all[Int(UInt8(ascii: "?") - first)]
    }
  }

  /// Dots that a text is wide.
  static func width(of text: String) -> Int { max(0, glyphs(of: text).reduce(0) { $0 + $1.count + 1 } - 1) }

  /// The text, cut off with dots where it would be wider than `dots`.
  static func fitted(_ text: String, dots: Int) -> String {
    guard width(of: text) > dots else { return text }
    var short = text
    while !short.isEmpty, width(of: short + "...") > dots { short.removeLast() }
    return short + "..."
  }
}
