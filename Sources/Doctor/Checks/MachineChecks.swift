/// The program itself.
struct ProgramCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? { Finding("rebound", evidence.machine.build) }
}

/// Processors, and whether workers fit them.
struct CoresCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? {
    let cores = evidence.machine.cores
    guard let use = evidence.sweep?.use else { return Finding("cores", "\(cores)") }
    let threads = use.workers * use.threads
    return Finding(
      "cores", "\(cores), for \(use.workers) × \(use.threads) threads",
      advice: threads > cores
        ? ["\(threads) threads share \(cores) cores and slow each other down: lower --workers or --threads"] : [])
  }
}
