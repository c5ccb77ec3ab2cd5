import Catalog
import Compute
import Foundation
import Testing

/// Converted checkpoints of prismatic-vlms against timm and transformers on the originals (`tools/check_prismatic.py`):
/// CLIP and SigLIP with letterboxed images, DINOv2 with squashed ones.
struct PrismaticTests {
  @Test("a converted Prismatic checkpoint has the original's states", arguments: ["clip", "siglip", "dinov2"])
  func states(encoder: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/prismatic/\(encoder)").path
    let engine = Engine(model: try Model(directory: "\(folder)/model"), threads: 2)
    let (facts, image) = (engine.model.facts, "\(folder)/image.png")
    let prompt = Prompt(prefix: [1])
    let trace = try engine.trace(
      pixels: Preprocessor(facts.preprocessor).pixels(of: ImageFile.image(image), path: image), prompt: prompt,
      knockout: nil,
      context: TokenContext(image: image, facts: facts, prompt: prompt, predictions: [:], reference: .adapter))
    let expected = try SafetensorsFile(path: "\(folder)/states.safetensors")
    #expect(expected.names.count == 7)
    for (site, hidden, values) in trace.states where site != .vision(0) {
      let shape = try #require(expected.shape(of: "\(site)"))
      let states = Matrix(rows: values.count / hidden, columns: hidden, values: values)
      let original = Matrix(rows: shape[0], columns: shape[1], values: try expected.tensor("\(site)").floats())
      #expect(states.error(from: original) < OracleFixtureTests.tolerance, "\(site)")
    }
  }
}
