/// The layers that families are made of, read by canonical name.
extension Checkpoint {
  /// A small tensor's values, widened.
  func vector(_ name: String, _ shape: [Int]) throws -> FloatBuffer {
    try FloatBuffer(tensor(name, shape: shape).floats())
  }

  /// A linear layer, [outputs, inputs]; its weight is mapped and not read.
  func linear(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool = true) throws -> Linear {
    try Linear(
      weight: tensor("\(name).weight", shape: [outputs, inputs]),
      bias: bias ? vector("\(name).bias", [outputs]) : nil)
  }

  /// A layer norm, [width].
  func layerNorm(_ name: String, _ width: Int) throws -> VisionTransformer.LayerNorm {
    try .init(weight: vector("\(name).weight", [width]), bias: vector("\(name).bias", [width]))
  }

  /// A patch convolution as a product: [outputs, 3 · patch · patch].
  func patches(_ name: String, _ outputs: Int, patch: Int, bias: Bool) throws -> Linear {
    let convolution = try tensor("\(name).weight", shape: [outputs, 3, patch, patch])
    return try Linear(
      weight: convolution.reshaped([outputs, 3 * patch * patch]), bias: bias ? vector("\(name).bias", [outputs]) : nil)
  }
}
