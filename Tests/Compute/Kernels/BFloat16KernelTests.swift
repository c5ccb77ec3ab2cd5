import CKernels
import Catalog
import Testing

@testable import Compute

/// Products of bfloat16 against plain ones in double, on every unit that this CPU has.
struct BFloat16KernelTests {
  static let units = BFloat16Unit.allCases.filter(\.isAvailable)

  private func rounded(_ values: [Float]) -> [UInt16] {
    var out = [UInt16](repeating: 0, count: values.count)
    rb_narrow_bf16(values, &out, Int64(values.count))
    return out
  }

  private func widened(_ values: [UInt16]) -> [Float] { values.map { Float(bitPattern: UInt32($0) << 16) } }

  @Test func `a float is rounded to the nearest bfloat16, ties to even, and a NaN stays one`() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<100_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      let out = widened(rounded([value]))[0]
      guard !value.isNaN else {
        #expect(out.isNaN)
        continue
      }
      guard out.isFinite else {
        #expect(value.magnitude >= Float(bitPattern: 0x7f7f_8000), "\(value)")
        continue
      }
      let step = Float(bitPattern: out.bitPattern & 0xff80_0000).magnitude / 128
      #expect((value - out).magnitude <= step / 2 || value.magnitude < 1e-37, "\(value) became \(out)")
      if (value - out).magnitude == step / 2 { #expect(out.bitPattern >> 16 & 1 == 0, "\(value) became \(out)") }
    }
  }

  /// [rows, inner] · [outputs, inner]ᵀ as the unit computes it.
  private func product(
    _ unit: BFloat16Unit, _ input: [Float], _ weight: [UInt16], rows: Int, outputs: Int, inner: Int, stride: Int
  ) -> [Float] {
    let packed = FloatBuffer(count: BFloat16.room(rows: rows, columns: inner))
    var out = [Float](repeating: .nan, count: rows * stride)
    packed.pointer.withMemoryRebound(to: UInt16.self, capacity: 2 * packed.count) { packed in
      rb_bf16_pack(input, packed, Int64(rows), Int64(inner))
      let width = Int64(BFloat16.inner(inner))
      rb_bf16_multiply(unit.rawValue, weight, width, Int64(outputs), width, packed, Int64(rows), &out, Int64(stride))
    }
    return out
  }

  @Test(.enabled(if: !units.isEmpty, "this CPU has no products of bfloat16"), arguments: units)
  func `a product is the plain one of the rounded numbers, and writes nothing else`(unit: BFloat16Unit) {
    var generator = SeededGenerator(seed: 6)
    for (rows, outputs, inner) in [
      (16, 1, 32), (48, 16, 64), (32, 33, 96), (96, 70, 1000), (16, 47, 588), (144, 600, 928),
    ] {
      let width = BFloat16.inner(inner)
      let input = (0..<rows * inner).map { _ in Float(generator.normal()) }
      let weight = rounded((0..<outputs * width).map { $0 % width < inner ? Float(generator.normal()) : 0 })
      let stride = outputs + 5
      let out = product(unit, input, weight, rows: rows, outputs: outputs, inner: inner, stride: stride)
      let (x, w) = (widened(rounded(input)), widened(weight))
      for row in 0..<rows {
        for output in 0..<stride {
          guard output < outputs else {
            #expect(out[row * stride + output].isNaN, "\(rows)×\(outputs)×\(inner) wrote behind its outputs")
            continue
          }
          let plain = (0..<inner).reduce(0.0) { $0 + Double(x[row * inner + $1]) * Double(w[output * width + $1]) }
          let error = (plain - Double(out[row * stride + output])).magnitude
          #expect(error < 2e-6 * Double(inner), "\(rows)×\(outputs)×\(inner) at \(row), \(output): \(error)")
        }
      }
    }
  }

  @Test(.enabled(if: !units.isEmpty, "this CPU has no products of bfloat16"), arguments: units)
  func `an output's bits do not depend on its place or on what stands beside it`(unit: BFloat16Unit) {
    var generator = SeededGenerator(seed: 7)
    let (rows, outputs, inner) = (80, 75, 160)
    let input = (0..<rows * inner).map { _ in Float(generator.normal()) }
    let weight = rounded((0..<outputs * inner).map { _ in Float(generator.normal()) })
    let all = product(unit, input, weight, rows: rows, outputs: outputs, inner: inner, stride: outputs)
    for (row, output) in [(0, 0), (17, 31), (40, 64), (79, 74), (63, 32)] {
      var alone = [Float](repeating: 0, count: 16 * inner)
      let slot = generator.below(16)
      alone.replaceSubrange(slot * inner..<(slot + 1) * inner, with: input[row * inner..<(row + 1) * inner])
      let column = Array(weight[output * inner..<(output + 1) * inner])
      let one = product(unit, alone, column, rows: 16, outputs: 1, inner: inner, stride: 1)
      #expect(one[slot].bitPattern == all[row * outputs + output].bitPattern)
    }
  }
}
