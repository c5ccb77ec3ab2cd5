/// Times that can be compared on a noisy machine.
enum Stopwatch {
  /// The medians of two things that are to be compared, run in turn, so that both meet the same noise.
  static func medians(of repeats: Int, _ first: () -> Void, _ second: () -> Void) -> (Double, Double) {
    first()
    second()
    let times = (0..<repeats).map { _ in (seconds(first), seconds(second)) }
    return (times.map(\.0).sorted()[repeats / 2], times.map(\.1).sorted()[repeats / 2])
  }

  /// The median over `repeats` runs, in seconds, after one that does not count.
  static func median<Failure: Error>(of repeats: Int, _ body: () throws(Failure) -> Void) throws(Failure) -> Double {
    try body()
    var times: [Double] = []
    for _ in 0..<repeats { times.append(try seconds(body)) }
    return times.sorted()[repeats / 2]
  }

  private static func seconds<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}
