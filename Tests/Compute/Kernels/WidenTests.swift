import CKernels
import Testing

/// All 65,536 patterns of both 16-bit formats.
struct WidenTests {
  private static let patterns = [UInt16](0 ... .max)

  @Test func `every bfloat16 is widened exactly`() {
    var out = [Float](repeating: 0, count: Self.patterns.count)
    rb_widen_bf16(Self.patterns, &out, Int64(out.count))
    #expect(zip(Self.patterns, out).allSatisfy { $1.bitPattern == UInt32($0) << 16 })
  }

  @Test func `every float16 is widened exactly`() {
    var out = [Float](repeating: 0, count: Self.patterns.count)
    rb_widen_f16(Self.patterns, &out, Int64(out.count))
    for (pattern, value) in zip(Self.patterns, out) {
      let half = Float16(bitPattern: pattern)
      let isSame = half.isNaN ? value.isNaN && value.sign == half.sign : value.bitPattern == Float(half).bitPattern
      #expect(isSame, "0x\(String(pattern, radix: 16)) became \(value)")
    }
  }

  @Test func `a short or unaligned run is widened as in a long one`() {
    var all = [Float](repeating: 0, count: Self.patterns.count)
    rb_widen_f16(Self.patterns, &all, Int64(all.count))
    for count in 0..<40 {
      let start = 15_000 + 7 * count
      var out = [Float](repeating: -1, count: count + 1)
      rb_widen_f16(Array(Self.patterns[start..<start + count]), &out, Int64(count))
      #expect(Array(out.prefix(count)) == Array(all[start..<start + count]) && out[count] == -1)
    }
  }
}
