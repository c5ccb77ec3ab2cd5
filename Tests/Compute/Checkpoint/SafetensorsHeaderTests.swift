import Foundation
import Testing

@testable import Compute

struct SafetensorsHeaderTests {
  private static func file(_ header: String, data: Int, length: UInt64? = nil) -> Data {
    let bytes = Data(header.utf8)
    return withUnsafeBytes(of: (length ?? UInt64(bytes.count)).littleEndian) { Data($0) } + bytes
      + Data(count: data)
  }

  private func error(_ data: Data) -> String {
    do {
      _ = try SafetensorsFile(data: data, name: "weights.safetensors")
      return "no error"
    } catch let error as CheckpointError { return error.description } catch {
      return "another error: \(error)"
    }
  }

  @Test func `a sound file is read`() throws {
    let file = try SafetensorsFile(
      data: Self.file(
        #"{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]},"#
          + #""a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[12,12]}}"#,
        data: 12), name: "weights.safetensors")
    #expect(file.names == ["a", "b", "none"])
    #expect(file.shape(of: "b") == [1, 2])
    #expect(file.metadata == ["format": "pt"])
    #expect(try file.tensor("none").floats() == [])
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}"#, 12,
      "a of shape [2] should take 8 bytes"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "a lies outside the file"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "a lies outside the file"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8, "a lies outside the file"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8, "a lies outside the file"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 12,
      "4 bytes at its end belong to no tensor"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
      "a overlaps another or leaves a gap"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12,
      "b overlaps another or leaves a gap"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8,
      "a has an impossible shape [-2]"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#, 8, "a has an impossible shape"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
      "a has an impossible shape"
    ),
    (#"{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}"#, 8, "a has unknown type F31"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8,
      "not a sound safetensors file"
    ),
    (#"{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}}"#, 8, "header is not the JSON"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, 8, "header is not the JSON"),
    (
      #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#, 8,
      "header is not the JSON"
    ),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "header is not the JSON"),
    (#"["a"]"#, 8, "header is not the JSON"), ("", 8, "header is not the JSON"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, 8, "header is not the JSON"),
    (#"{"__metadata__":{"a":1}}"#, 0, "header is not the JSON"),
  ])
  func `a header that does not fit its file is an error that names file and tensor`(
    header: String, data: Int, why: String
  ) {
    let text = error(Self.file(header, data: data))
    #expect(text.contains("weights.safetensors") && text.contains(why), "\(text)")
  }

  @Test(arguments: [0, 1, 7])
  func `a file shorter than its header's length is an error`(bytes: Int) {
    #expect(error(Data(count: bytes)).contains("shorter than its header's length"))
  }

  @Test(arguments: [3, 1 << 40, UInt64(Int.max), .max])
  func `a header longer than the file is an error`(length: UInt64) {
    #expect(
      error(Self.file("{}", data: 0, length: length)).contains(
        "its header would be \(length) bytes long"))
  }

  @Test func `JSON nested a hundred thousand deep is an error`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(error(Self.file(deep, data: 0)).contains("header is not the JSON"))
    #expect(error(Self.file("{\"a\":" + deep, data: 0)).contains("header is not the JSON"))
  }

  @Test func `a tensor of a type that is no float is an error only when it is read`() throws {
    let data = Self.file(#"{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, data: 8)
    let file = try SafetensorsFile(data: data, name: "weights.safetensors")
    let error = #expect(throws: CheckpointError.self) { try file.tensor("ids") }
    #expect(error?.description.contains("tensor ids in weights.safetensors is I64") == true)
    #expect(try file.integers("ids") == [0])
  }

  @Test func `float32, float16 and bfloat16 widen exactly`() throws {
    let values: [Float] = [0, -0.0, 1, -2.5, 65504, 0x1p-14, 0x1p-24, .infinity, -.infinity, .nan]
    let halves: [UInt16] = [0, 0x8000, 0x3C00, 0xC100, 0x7BFF, 0x0400, 0x0001, 0x7C00, 0xFC00, 0x7E00]
    let bytes =
      values.withUnsafeBytes { Data($0) }
      + halves.withUnsafeBytes { Data($0) }
      + values.map { UInt16($0.bitPattern >> 16) }.withUnsafeBytes { Data($0) }
    let header =
      #"{"f32":{"dtype":"F32","shape":[10],"data_offsets":[0,40]},"f16":{"dtype":"F16","shape":[10],"data_offsets":[40,60]},"#
      + #""bf16":{"dtype":"BF16","shape":[10],"data_offsets":[60,80]}} "#
    // One byte of padding more or less moves the data off its alignment.
    for padding in 0..<4 {
      let text = header + String(repeating: " ", count: padding)
      let file = try SafetensorsFile(
        data: Self.file(text, data: 0) + bytes, name: "weights.safetensors")
      let (f32, f16, bf16) = try (
        file.tensor("f32").floats(), file.tensor("f16").floats(), file.tensor("bf16").floats()
      )
      #expect(f32.map(\.bitPattern) == values.map(\.bitPattern))
      #expect(f16.map(\.bitPattern) == values.map(\.bitPattern))
      #expect(bf16.map(\.bitPattern) == values.map { $0.bitPattern & 0xFFFF_0000 })
    }
  }
}
