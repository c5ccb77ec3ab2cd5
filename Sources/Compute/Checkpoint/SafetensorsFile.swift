import Foundation

/// A safetensors file, mapped, with its header fully validated: length (8 bytes, little-endian), JSON header, data.
///
/// Format: https://github.com/huggingface/safetensors#format
public struct SafetensorsFile: Sendable {
  /// The header may be this long; the reference implementation allows as much.
  static let headerLimit = 100_000_000

  /// The file.
  public let path: String
  /// The free-form `__metadata__`.
  public let metadata: [String: String]
  private let entries: [String: Entry]
  private let file: MappedFile

  private struct Entry {
    let dtype: String
    let shape: [Int]
    let offset: Int
  }

  /// What the header says of one tensor.
  private struct HeaderEntry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  /// Bytes of one element of each type of the format.
  private static let sizes: [String: Int] = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4,
    "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8,
  ]

  /// Maps and validates; throws a ``CheckpointError`` that names the file and tensor.
  public init(path: String) throws { try self.init(MappedFile(path: path)) }

  /// Validates bytes that came another way, such as over the network; `name` stands for the path in messages.
  public init(data: Data, name: String) throws { try self.init(MappedFile(copying: data, name: name)) }

  private init(_ file: MappedFile) throws {
    let path = file.path
    func damaged(_ why: String) -> CheckpointError {
      CheckpointError("\(path) is not a sound safetensors file: \(why)")
    }
    guard file.size >= 8 else { throw damaged("it is shorter than its header's length") }
    let length = UInt64(littleEndian: file.start.loadUnaligned(as: UInt64.self))
    guard let header = Int(exactly: length), header <= Self.headerLimit, header <= file.size - 8 else {
      throw damaged("its header would be \(length) bytes long, in a file of \(file.size)")
    }
    let json = Data(bytes: file.start + 8, count: header)
    let (metadata, declared) = try Self.parse(json, damaged)
    let dataStart = 8 + header
    let dataSize = file.size - dataStart
    var spans: [(begin: Int, end: Int, name: String)] = []
    var entries: [String: Entry] = [:]
    for (name, entry) in declared {
      guard let size = Self.sizes[entry.dtype] else { throw damaged("tensor \(name) has unknown type \(entry.dtype)") }
      guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0, entry.data_offsets[0] <= entry.data_offsets[1],
        entry.data_offsets[1] <= dataSize
      else { throw damaged("tensor \(name) lies outside the file (is it cut off?)") }
      var bytes = size
      for extent in entry.shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { throw damaged("tensor \(name) has an impossible shape \(entry.shape)") }
        bytes = product
      }
      guard bytes == entry.data_offsets[1] - entry.data_offsets[0] else {
        throw damaged("tensor \(name) of shape \(entry.shape) should take \(bytes) bytes")
      }
      spans.append((entry.data_offsets[0], entry.data_offsets[1], name))
      entries[name] = Entry(dtype: entry.dtype, shape: entry.shape, offset: dataStart + entry.data_offsets[0])
    }
    spans.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var end = 0
    for span in spans {
      guard span.begin == end else { throw damaged("tensor \(span.name) overlaps another or leaves a gap before it") }
      end = span.end
    }
    guard end == dataSize else { throw damaged("\(dataSize - end) bytes at its end belong to no tensor") }
    self.path = path
    self.metadata = metadata
    self.entries = entries
    self.file = file
  }

  private static func parse(
    _ json: Data, _ damaged: (String) -> CheckpointError
  ) throws -> ([String: String], [String: HeaderEntry]) {
    struct Header: Decodable {
      var metadata: [String: String] = [:]
      var tensors: [String: HeaderEntry] = [:]

      struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
      }

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
          if key.stringValue == "__metadata__" {
            metadata = try container.decode([String: String].self, forKey: key)
          } else {
            tensors[key.stringValue] = try container.decode(HeaderEntry.self, forKey: key)
          }
        }
      }
    }
    do {
      let header = try JSONDecoder().decode(Header.self, from: json)
      return (header.metadata, header.tensors)
    } catch {
      throw damaged("its header is not the JSON it should be")
    }
  }

  /// All tensors' names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// A tensor's shape, or nil if there is none of that name.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// A float tensor; throws if it is missing or of another type.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else { throw CheckpointError("\(path) has no tensor \(name)") }
    guard let dtype = Tensor.DType(rawValue: entry.dtype) else {
      throw CheckpointError("tensor \(name) in \(path) is \(entry.dtype); only F32, F16 and BF16 can be used here")
    }
    return Tensor(name: name, dtype: dtype, shape: entry.shape, file: file, offset: entry.offset)
  }

  /// A float tensor of exactly this shape.
  public func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    let tensor = try tensor(name)
    guard tensor.shape == shape else {
      throw CheckpointError("tensor \(name) in \(path) has shape \(tensor.shape), not \(shape)")
    }
    return tensor
  }

  /// An int32 or int64 tensor's values.
  public func integers(_ name: String) throws -> [Int] {
    guard let entry = entries[name] else { throw CheckpointError("\(path) has no tensor \(name)") }
    let count = entry.shape.reduce(1, *)
    let start = file.start + entry.offset
    switch entry.dtype {
    case "I32": return (0..<count).map { Int(start.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
    case "I64":
      return (0..<count).map { Int(truncatingIfNeeded: start.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
    default: throw CheckpointError("tensor \(name) in \(path) is \(entry.dtype), not I32 or I64")
    }
  }
}
