import Catalog
import Synchronization

/// Everything that is wrong with a checkpoint, at once: it is loaded as a worker loads it, but goes on where that would stop.
///
/// Headers and small vectors are read, weights are not.
public final class CheckpointSurvey: Sendable {
  /// What was found.
  public struct Result: Hashable, Sendable {
    /// How many sound weight files there are.
    public let files: Int
    /// How many tensors they hold.
    public let tensors: Int
    /// What is wrong, a sentence each; none if a worker can load the model.
    public let problems: [String]
  }

  private let noted = Mutex<[(sentence: String, isMissing: Bool)]>([])

  private init() {}

  /// Looks through the checkpoint of a model.
  public static func result(of facts: ModelFacts) -> Result {
    let survey = CheckpointSurvey()
    var sound: [SafetensorsFile] = []
    var damages: [String] = []
    do {
      let (paths, promised, index) = try Checkpoint.paths(facts.directory)
      for path in paths {
        do { sound.append(try SafetensorsFile(path: path)) } catch { damages.append("\(error)") }
      }
      if damages.isEmpty { try Checkpoint.checkPromises(promised, index: index, files: sound) }
    } catch { damages.append("\(error)") }
    var misfits: [String] = []
    // Where a file is damaged, tensors are missing that are not at fault.
    if !sound.isEmpty {
      do {
        let checkpoint = try Checkpoint(directory: facts.directory, files: sound, survey: survey)
        _ = try Model(facts, from: checkpoint)
        try checkpoint.checkAllUsed()
      } catch { misfits.append("\(error)") }
      misfits = survey.noted.withLock { $0.filter { damages.isEmpty || !$0.isMissing }.map(\.sentence) } + misfits
    }
    return Result(
      files: sound.count, tensors: sound.reduce(0) { $0 + $1.names.count }, problems: damages + misfits)
  }

  /// Zeros of this shape, instead of a tensor that cannot be used; they take memory only where they are read.
  func standIn(for name: String, shape: [Int], because error: CheckpointError, isMissing: Bool) throws -> Tensor {
    noted.withLock { $0.append((error.description, isMissing)) }
    var bytes = MemoryLayout<Float>.stride
    for extent in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow else { throw error }
      bytes = product
    }
    return Tensor(name: name, dtype: .f32, shape: shape, file: try MappedFile(zeros: bytes, name: name), offset: 0)
  }
}
