import ArgumentParser
import Compute

/// The arithmetic of commands that need no spec.
struct ArithmeticOptions: ParsableArguments {
  @Option(help: "The arithmetic of matrix products: f32, or bf16 where the CPU has AMX or AVX512-BF16.")
  var dtype = "f32"

  func validate() throws {
    guard ["f32", "bf16"].contains(dtype) else { throw ValidationError("--dtype is f32 or bf16, not '\(dtype)'") }
  }

  /// What was asked for; throws where this CPU doesn't have it.
  func arithmetic() throws -> Arithmetic {
    do { return dtype == "bf16" ? try .bestBFloat16() : .float32 } catch {
      throw UsageError("\(error); leave --dtype bf16 out")
    }
  }
}
