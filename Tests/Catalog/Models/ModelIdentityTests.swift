import Catalog
import Foundation
import Testing

struct ModelIdentityTests {
  @Test func `a model is its configs and weights, wherever they lie`() throws {
    let (model, copy) = (try ModelDirectory(), try ModelDirectory())
    for folder in [model, copy] { try folder.write("model.safetensors", "weights") }
    #expect(
      try ModelIdentity.digest(directory: model.path) == ModelIdentity.digest(directory: copy.path))
    #expect(try ModelIdentity.weightBytes(directory: model.path) == 7)
    try copy.write("README.md", "not the model")
    #expect(
      try ModelIdentity.digest(directory: model.path) == ModelIdentity.digest(directory: copy.path))
    try copy.write("model.safetensors", "weighty")
    #expect(
      try ModelIdentity.digest(directory: model.path) != ModelIdentity.digest(directory: copy.path))
    try copy.write("model.safetensors", "weights")
    try copy.set("config.json", "text_config.rms_norm_eps", "1e-3")
    #expect(
      try ModelIdentity.digest(directory: model.path) != ModelIdentity.digest(directory: copy.path))
  }

  @Test func `a directory that is not there is an error that names it`() {
    let error = #expect(throws: ModelError.self) {
      try ModelIdentity.digest(directory: "/no/such/model")
    }
    #expect(error?.description.contains("/no/such/model cannot be listed") == true)
  }
}
