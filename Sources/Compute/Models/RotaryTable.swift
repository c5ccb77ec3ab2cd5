import Catalog
import Foundation

/// Cosines and sines of half-split rotary embedding, [position, headSize / 2].
///
/// Frequencies and angles are computed in float32 as `LlamaRotaryEmbedding` does.
struct RotaryTable: Sendable {
  let half: Int
  let cosine: FloatBuffer
  let sine: FloatBuffer

  init(facts: RopeFacts, headSize: Int, positions: Int) {
    half = headSize / 2
    let frequencies = Self.frequencies(facts, headSize: headSize)
    cosine = FloatBuffer(count: positions * half)
    sine = FloatBuffer(count: positions * half)
    for position in 0..<positions {
      for (index, frequency) in frequencies.enumerated() {
        let angle = Float(position) * frequency
        cosine.pointer[position * half + index] = Float(cos(Double(angle)))
        sine.pointer[position * half + index] = Float(sin(Double(angle)))
      }
    }
  }

  private static func frequencies(_ facts: RopeFacts, headSize: Int) -> [Float] {
    let plain = (0..<headSize / 2).map { index in
      1 / Float(pow(facts.theta, Double(2 * index) / Double(headSize)))
    }
    switch facts.scaling {
    case .none: return plain
    case .linear(let factor): return plain.map { $0 / Float(factor) }
    case .llama3(let factor, let lowFrequency, let highFrequency, let originalPositions):
      let original = Double(originalPositions)
      return plain.map { frequency in
        let wavelength = 2 * Double.pi / Double(frequency)
        if wavelength < original / highFrequency { return frequency }
        if wavelength > original / lowFrequency { return frequency / Float(factor) }
        let smooth = (original / wavelength - lowFrequency) / (highFrequency - lowFrequency)
        return Float((1 - smooth) * Double(frequency) / factor + smooth * Double(frequency))
      }
    }
  }
}
