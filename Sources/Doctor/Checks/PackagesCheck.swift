/// Debian packages that a run or its report needs, or is slow without.
struct PackagesCheck: Check {
  func finding(_ evidence: Evidence) -> Finding? {
    let machine = evidence.machine
    var advice: [String] = []
    if machine.openBLAS.contains("USE_OPENMP") {
      advice.append("OpenBLAS is the openmp build, which slows several threads down: install libopenblas-pthread-dev")
    }
    if machine.charts == nil {
      advice.append("Chart.js is missing, which a report's page embeds: install libjs-chart.js")
    }
    return Finding(
      "packages", "\(machine.openBLAS); \(machine.charts == nil ? "no Chart.js" : "Chart.js")", advice: advice)
  }
}
