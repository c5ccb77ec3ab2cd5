/// What stands in front of an array in NumPy's `.npy` format, version 1.0: type and shape, in C order.
struct NPYHeader {
  /// NumPy's name of the elements' type, such as `<u2`.
  let type: String
  /// Bytes of an element.
  let width: Int
  let shape: [Int]

  /// The size of the array's file.
  var fileSize: UInt64 { UInt64(bytes.count) + UInt64(shape.reduce(width, *)) }

  /// The header, filled up so that the elements begin at a multiple of 64.
  var bytes: [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }"
    let start = 10  // Magic, version and the length of what follows.
    let length = (start + text.utf8.count + 1 + 63) / 64 * 64 - start
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes.appendLittleEndian(UInt16(length))
    bytes += text.utf8
    bytes += repeatElement(UInt8(ascii: " "), count: length - text.utf8.count - 1)
    return bytes + [UInt8(ascii: "\n")]
  }
}
