import Foundation
import Testing

extension EndToEnd {
  /// `rebound bench fit`: what a setting of OpenBLAS costs.
  @Suite struct FitBenchTests {
    private struct Summary: Decodable {
      struct Figures: Decodable {
        let kernel: String
        let seconds: Double
        let tokens: Int
      }
      let fit: Figures
      let settings: [String: String]
      let unset: Figures?
    }

    private func bench(_ environment: [String: String]) async throws -> Summary {
      let ending = try await Rebound.run(
        ["bench", "fit", "--images", "8", "--width", "32", "--threads", "1", "--output", "json"],
        environment: environment)
      try #require(ending.code == 0, "\(ending.errors)")
      return try JSONDecoder().decode(Summary.self, from: Data(ending.output.utf8))
    }

    @Test func `a setting's kernel is measured beside the one that OpenBLAS chooses without it`() async throws {
      let held = try await bench(["OPENBLAS_CORETYPE": "Sandybridge"])
      #expect(held.fit.kernel == "Sandybridge" && held.settings["OPENBLAS_CORETYPE"] == "Sandybridge")
      let unset = try #require(held.unset)
      #expect(unset.kernel != "Sandybridge" && unset.tokens == 8 * 64 && unset.seconds > 0 && held.fit.seconds > 0)
    }

    @Test(arguments: [("--images", "1"), ("--width", "0"), ("--threads", "0")])
    func `a fit of nothing is wrong usage, and says what would do`(option: String, value: String) async throws {
      let ending = try await Rebound.run(["bench", "fit", option, value])
      #expect(ending.code == 64 && ending.errors.contains("\(option) is a number from"), "\(ending.errors)")
    }
  }
}
