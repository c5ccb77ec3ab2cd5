import CKernels
import Catalog

/// A site's probe as the engine applies it: an affine map of raw hidden states to logits, standardisation folded in.
public struct Readout: Sendable {
  let layer: Linear
  /// How many classes there are; the product's columns are padded to a multiple of 16.
  public let classes: Int

  /// `weight` is [classes, hidden], `bias` [classes].
  public init(weight: [Float], bias: [Float], classes: Int, hidden: Int) {
    precondition(weight.count == classes * hidden && bias.count == classes)
    let columns = (classes + 15) / 16 * 16
    let padded = weight + [Float](repeating: 0, count: (columns - classes) * hidden)
    let bias = bias + [Float](repeating: 0, count: columns - classes)
    layer = Linear(values: FloatBuffer(padded), outputs: columns, inputs: hidden, bias: FloatBuffer(bias))
    self.classes = classes
  }
}

extension Engine {
  /// The class of the largest logit of each packed row (the lowest class where several are equal).
  ///
  /// `hidden` is [packed row, hidden].
  func classify(_ hidden: UnsafePointer<Float>, rows: Int, by readout: Readout) -> [UInt16] {
    let columns = readout.layer.outputs
    let logits = workspace.floats("logits", rows * columns)
    unit.multiply(
      [.init(layer: readout.layer, input: hidden, output: logits, outputStride: columns)], rows: rows, inFloat32: true)
    return [UInt16](unsafeUninitializedCapacity: rows) { buffer, count in
      rb_argmax(logits, Int64(rows), Int64(readout.classes), Int64(columns), buffer.baseAddress)
      count = rows
    }
  }

  /// The classes of states that are not packed: [token, hidden], such as a vision site's.
  func classify(tokens: [Float], by readout: Readout) -> [UInt16] {
    let width = readout.layer.inputs
    let count = tokens.count / width
    let rows = RowPacking.whole(count)
    let input = workspace.floats("readout input", rows * width)
    input.update(from: tokens, count: tokens.count)
    return Array(classify(input, rows: rows, by: readout).prefix(count))
  }
}
