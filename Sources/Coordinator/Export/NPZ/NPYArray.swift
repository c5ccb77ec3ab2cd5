/// A small array with its elements.
struct NPYArray {
  let header: NPYHeader
  /// The elements, little-endian.
  let elements: [UInt8]

  /// The array's file.
  var file: [UInt8] { header.bytes + elements }

  static func integers(_ values: [Int], shape: [Int]? = nil) -> NPYArray {
    var elements: [UInt8] = []
    for value in values { elements.appendLittleEndian(Int64(value)) }
    return NPYArray(header: NPYHeader(type: "<i8", width: 8, shape: shape ?? [values.count]), elements: elements)
  }

  /// NaN is missing.
  static func numbers(_ values: [Double]) -> NPYArray {
    var elements: [UInt8] = []
    for value in values { elements.appendLittleEndian(value.bitPattern) }
    return NPYArray(header: NPYHeader(type: "<f8", width: 8, shape: [values.count]), elements: elements)
  }

  static func flags(_ values: [Bool], shape: [Int]? = nil) -> NPYArray {
    NPYArray(
      header: NPYHeader(type: "|b1", width: 1, shape: shape ?? [values.count]), elements: values.map { $0 ? 1 : 0 })
  }

  /// As wide as the longest text; shorter ones are filled up with zeros, which NumPy takes away again.
  static func texts(_ values: [String], shape: [Int]? = nil) -> NPYArray {
    let longest = max(1, values.map(\.unicodeScalars.count).max() ?? 1)
    var elements: [UInt8] = []
    for value in values {
      for scalar in value.unicodeScalars { elements.appendLittleEndian(scalar.value) }
      elements += repeatElement(0, count: 4 * (longest - value.unicodeScalars.count))
    }
    return NPYArray(
      header: NPYHeader(type: "<U\(longest)", width: 4 * longest, shape: shape ?? [values.count]), elements: elements)
  }
}

extension Table.Values {
  /// The column as an array: missing texts are empty, missing numbers NaN, and counts are numbers where one is missing.
  var array: NPYArray {
    switch self {
    case .texts(let words): .texts(words.codes.indices.map { words[$0] ?? "" })
    case .integers(let values): .integers(values.map(Int.init))
    case .counts(let values):
      values.contains(nil)
        ? .numbers(values.map { $0.map(Double.init) ?? .nan }) : .integers(values.compactMap(\.self))
    case .numbers(let values): .numbers(values.map { $0 ?? .nan })
    case .flags(let values): .flags(values)
    }
  }
}
