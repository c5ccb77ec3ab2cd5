/// Some rows of one column as they stand in a Parquet file: a page with the values and, for texts, one with the dictionary in
/// front of it, each compressed by itself.
struct ParquetChunk {
  /// The pages.
  let bytes: [UInt8]
  /// What the footer says of them.
  let metadata: ThriftStruct
  /// The pages' size before compression, with their headers.
  let uncompressed: Int

  /// The chunk of `column` that begins at byte `offset` of the file.
  init(_ column: Table.Column, at offset: UInt64, _ zstandard: Zstandard) throws {
    var pages = Pages(zstandard: zstandard)
    let count = column.values.count
    let type = column.values.parquetType
    var dataPage = offset
    let encoding: Encoding
    if case .texts(let words) = column.values {
      let (dictionary, codes) = words.used
      try pages.addDictionary(dictionary)
      dataPage += UInt64(pages.bytes.count)
      encoding = .dictionary
      let width = max(1, UInt32.bitWidth - UInt32(max(0, dictionary.count - 1)).leadingZeroBitCount)
      try pages.addData(
        Self.levels(words.codes.map { $0 == Table.Words.missing ? 0 : 1 }) + [UInt8(width)]
          + HybridRuns.encode(codes, width: width), values: count, encoding)
    } else {
      encoding = .plain
      try pages.addData(column.values.plain, values: count, encoding)
    }
    bytes = pages.bytes
    uncompressed = pages.uncompressed
    metadata = [
      1: .int32(type.rawValue),
      2: .list(Set([.plain, .levels, encoding]).map(\.rawValue).sorted().map(ThriftValue.int32)),
      3: .list([.text(column.name)]), 4: .int32(6),  // Zstandard
      5: .int64(Int64(count)), 6: .int64(Int64(uncompressed)), 7: .int64(Int64(bytes.count)),
      9: .int64(Int64(dataPage)), 11: encoding == .dictionary ? .int64(Int64(offset)) : nil,
    ]
  }

  /// How a page holds values.
  enum Encoding: Int32 {
    case plain = 0
    /// Of the levels alone.
    case levels = 3
    case dictionary = 8
  }

  /// Which values are there (1) and which are missing (0), with the length in front.
  static func levels(_ levels: [UInt32]) -> [UInt8] {
    let runs = HybridRuns.encode(levels, width: 1)
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt32(runs.count))
    return bytes + runs
  }

  /// Pages, one behind the other.
  private struct Pages {
    let zstandard: Zstandard
    var bytes: [UInt8] = []
    var uncompressed = 0

    mutating func addDictionary(_ texts: [String]) throws {
      var plain: [UInt8] = []
      for text in texts {
        plain.appendLittleEndian(UInt32(text.utf8.count))
        plain += text.utf8
      }
      let header: ThriftStruct = [1: .int32(Int32(texts.count)), 2: .int32(Encoding.plain.rawValue)]
      try add(plain, kind: 2, header: (7, header))
    }

    mutating func addData(_ data: [UInt8], values: Int, _ encoding: Encoding) throws {
      let levels = ThriftValue.int32(Encoding.levels.rawValue)
      let header: ThriftStruct = [
        1: .int32(Int32(values)), 2: .int32(encoding.rawValue), 3: levels, 4: levels,
      ]
      try add(data, kind: 0, header: (5, header))
    }

    private mutating func add(_ page: [UInt8], kind: Int32, header: (field: Int, ThriftStruct)) throws {
      let compressed = try zstandard.compressed(page)
      let head: ThriftStruct = [
        1: .int32(kind), 2: .int32(Int32(page.count)), 3: .int32(Int32(compressed.count)),
        header.field: .structure(header.1),
      ]
      bytes += head.bytes + compressed
      uncompressed += head.bytes.count + page.count
    }
  }
}

extension Table.Words {
  /// The words that occur, in order of their first occurrence, and the positions among them of all texts that are there.
  fileprivate var used: (dictionary: [String], codes: [UInt32]) {
    var positions = [UInt32](repeating: Self.missing, count: list.count)
    var dictionary: [String] = []
    var present: [UInt32] = []
    present.reserveCapacity(codes.count)
    for code in codes where code != Self.missing {
      if positions[Int(code)] == Self.missing {
        positions[Int(code)] = UInt32(dictionary.count)
        dictionary.append(list[Int(code)])
      }
      present.append(positions[Int(code)])
    }
    return (dictionary, present)
  }
}
