import CKernels
import Catalog
import Testing

/// Norms, rotary embedding, activations and argmax against plain references in double precision.
struct RowKernelTests {
  private static let widths = [1, 2, 15, 16, 17, 31, 100, 4096]

  private func random(_ count: Int, seed: Int, centre: Double = 0) -> [Float] {
    var generator = SeededGenerator(seed: UInt64(seed), UInt64(count))
    return (0..<count).map { _ in Float(centre + generator.normal()) }
  }

  @Test(arguments: widths)
  func `RMS norm is LlamaRMSNorm to 1e-6`(width: Int) {
    let (x, weight) = (random(3 * width, seed: 1), random(width, seed: 2))
    var out = [Float](repeating: .nan, count: 3 * width)
    rb_rms_norm(x, weight, &out, 3, Int64(width), 1e-5)
    let expected = Matrix(rows: 3, columns: width, values: x).mapRows {
      OracleMath.rmsNorm($0, weight: weight, eps: 1e-5)
    }
    #expect(Matrix(rows: 3, columns: width, values: out).error(from: expected) < 1e-6)
  }

  @Test(arguments: widths, [0.0, 30])
  func `layer norm is torch's to 1e-5, also far from zero`(width: Int, centre: Double) {
    let (x, weight, bias) = (random(3 * width, seed: 3, centre: centre), random(width, seed: 4), random(width, seed: 5))
    var out = [Float](repeating: .nan, count: 3 * width)
    rb_layer_norm(x, weight, bias, &out, 3, Int64(width), 1e-5)
    let expected = Matrix(rows: 3, columns: width, values: x).mapRows {
      OracleMath.layerNorm($0, weight: weight, bias: bias, eps: 1e-5)
    }
    #expect(Matrix(rows: 3, columns: width, values: out).error(from: expected) < 1e-5)
  }

  /// The kernels by the activations that they compute.
  private static let activations: [(Activation, @Sendable (UnsafeMutablePointer<Float>, Int64) -> Void)] = [
    (.quickGELU, { rb_quick_gelu($0, $1) }), (.gelu, { rb_gelu($0, $1) }), (.geluTanh, { rb_gelu_tanh($0, $1) }),
    (.silu, { rb_silu($0, $1) }),
  ]

  @Test func `activations are within 1e-6 of the argument`() {
    let arguments =
      (-4000...4000).map { Float($0) / 250 } + [
        -1e30, -1000, -100, -88, -87, 87, 88, 100, 1000, 1e30, 1e-30, -1e-30, 1e-3,
      ]
    for (activation, apply) in Self.activations {
      var values = arguments
      apply(&values, Int64(values.count))
      for (x, value) in zip(arguments, values) {
        let error = abs(Double(value) - Double(OracleMath.activate(x, activation)))
        #expect(error <= 1e-6 * abs(Double(x)), "\(activation)(\(x)) = \(value)")
      }
    }
  }

  @Test func `activations keep zero and do not hide what is not a number`() {
    for (activation, apply) in Self.activations {
      for count in [1, 16, 19] {
        var values = [Float](repeating: 0, count: count)
        values[count - 1] = .nan
        apply(&values, Int64(count))
        #expect(values[count - 1].isNaN, "\(activation)")
        #expect(values.dropLast().allSatisfy { $0 == 0 })
      }
    }
  }

  @Test(arguments: [1, 15, 16, 17, 40])
  func `the gated activation is silu of the gate times up, wherever the row stands`(width: Int) {
    let x = random(3 * 2 * width, seed: 6)
    var out = [Float](repeating: .nan, count: 3 * width)
    rb_silu_gate(x, &out, 3, Int64(width))
    for row in 0..<3 {
      for column in 0..<width {
        let (gate, up) = (x[row * 2 * width + column], x[(row * 2 + 1) * width + column])
        let expected = Double(OracleMath.activate(gate, .silu)) * Double(up)
        #expect(abs(Double(out[row * width + column]) - expected) <= 1e-6 * abs(Double(gate * up)))
      }
    }
  }

  @Test(arguments: [2, 6, 12, 20, 64, 128])
  func `rotary embedding turns the halves of every head to 1e-6`(size: Int) {
    let (heads, half) = (3, size / 2)
    let x = random(heads * size, seed: 7)
    let angles = (0..<half).map { Double($0 * $0) * 0.37 + 0.1 }
    var out = x
    rb_rope(
      &out, angles.map { Float(Plain.cosine($0)) }, angles.map { Float(Plain.sine($0)) }, Int64(heads), Int64(size))
    for head in 0..<heads {
      for index in 0..<half {
        let (low, high) = (Double(x[head * size + index]), Double(x[head * size + half + index]))
        let (cosine, sine) = (Plain.cosine(angles[index]), Plain.sine(angles[index]))
        #expect(abs(Double(out[head * size + index]) - (low * cosine - high * sine)) < 1e-6)
        #expect(abs(Double(out[head * size + half + index]) - (high * cosine + low * sine)) < 1e-6)
      }
    }
  }

  @Test func `argmax takes the lowest of equal classes and looks no further than them`() {
    let x: [Float] = [
      1, 3, 3, 2, 9,  // a tie; the 9 lies in the padding
      -5, -4, -4, -4, 9,
      0, -0.0, 0, 0, 9,
      -.infinity, -.infinity, -1e30, -1e30, 9,
    ]
    var out = [UInt16](repeating: 7, count: 4)
    rb_argmax(x, 4, 4, 5, &out)
    #expect(out == [1, 1, 0, 2])
  }

  @Test func `sums are right where the width is no multiple of anything`() {
    let (x, y) = (random(2 * 37, seed: 8), random(2 * 37, seed: 9))
    var sum = x
    rb_add(&sum, y, 74)
    #expect(sum == zip(x, y).map(+))
    var biased = x
    rb_add_bias(&biased, Array(y.prefix(37)), 2, 37)
    #expect(biased == x.indices.map { x[$0] + y[$0 % 37] })
  }

  @Test func `one value that is not finite is found anywhere`() {
    for count in [1, 15, 16, 64, 100] {
      let values = [Float](repeating: -.greatestFiniteMagnitude, count: count)
      #expect(rb_all_finite(values, Int64(count)) == 1)
      for bad in [Float.nan, .infinity, -.infinity, .signalingNaN] {
        for place in [0, count / 2, count - 1] {
          var damaged = values
          damaged[place] = bad
          #expect(rb_all_finite(damaged, Int64(count)) == 0)
        }
      }
    }
  }
}
