/// A linear layer's weight as the checkpoint has it, float32 or 16 bits wide: [outputs, inputs].
struct Linear: Sendable {
  let weight: Tensor
  /// [outputs], or nil.
  let bias: FloatBuffer?
  let outputs: Int
  let inputs: Int

  init(weight: Tensor, bias: FloatBuffer?) {
    precondition(weight.shape.count == 2)
    self.weight = weight
    self.bias = bias
    outputs = weight.shape[0]
    inputs = weight.shape[1]
  }
}

extension Linear {
  /// The layer that yields outputs `range` alone.
  func rows(_ range: Range<Int>) -> Linear {
    Linear(weight: weight.rows(range), bias: bias.map { FloatBuffer(Array($0.array()[range])) })
  }

  /// A layer from values in memory, such as a probe's.
  init(values: FloatBuffer, outputs: Int, inputs: Int, bias: FloatBuffer?) {
    self.init(weight: Tensor(memory: values, shape: [outputs, inputs]), bias: bias)
  }
}
