import Catalog
import Compute
import Coordinator

extension RunDirectory {
  /// The report of what is committed now, with pictures of the images that changed most where model and images are still there.
  func illustratedReport(beside others: [RunDirectory] = []) throws -> Report {
    let experiment = experiment
    let facts = try? ModelFacts(directory: experiment.model.directory)
    return try report(build: Build.version, beside: others) { image in
      facts.flatMap { try? Thumbnail.jpeg(of: image, facts: $0, geometry: experiment.data.geometry) }
    }
  }
}
