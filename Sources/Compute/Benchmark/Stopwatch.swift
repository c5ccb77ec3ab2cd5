/// Times that can be compared on a noisy machine.
enum Stopwatch {
  /// The median over `repeats` runs, in seconds, after one that does not count.
  static func median<Failure: Error>(of repeats: Int, _ body: () throws(Failure) -> Void) throws(Failure) -> Double {
    try body()
    var times: [Double] = []
    for _ in 0..<repeats {
      let start = ContinuousClock.now
      try body()
      times.append((ContinuousClock.now - start) / .seconds(1))
    }
    return times.sorted()[repeats / 2]
  }
}
