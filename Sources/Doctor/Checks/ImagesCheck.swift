import Coordinator

/// Whether sampled images and label maps can be decoded and agree with each other.
struct ImagesCheck: Check {
  private static let shown = 8

  func finding(_ evidence: Evidence) -> Finding? {
    guard let sweep = evidence.sweep, let data = sweep.reading.spec?.experiment.data else { return nil }
    let problems = sweep.sample.compactMap { image -> String? in
      guard case .failure(let error) = image.content else { return nil }
      return error.description.printable
    }
    let all = data.train.count + data.evaluate.count
    return Finding(
      "images",
      "\(Percent.grouped(sweep.sample.count - problems.count)) of \(Percent.grouped(sweep.sample.count)) that were tried "
        + "can be used, of \(Percent.grouped(all)) in all",
      problems: problems.first(Self.shown, of: "images"))
  }
}
