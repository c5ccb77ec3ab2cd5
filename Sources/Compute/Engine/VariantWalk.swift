import Catalog

/// What one variant edits in one image, and how far it is followed.
public struct VariantRequest: Sendable {
  public let edges: EdgeSet
  public let window: LayerWindow
  public let heads: HeadSet
  /// The last decoder layer it is computed to.
  public let lastLayer: Int

  public init(edges: EdgeSet, window: LayerWindow, heads: HeadSet, lastLayer: Int) {
    self.edges = edges
    self.window = window
    self.heads = heads
    self.lastLayer = lastLayer
  }

  /// Whether the other request walks the same way, so that one walk serves both.
  fileprivate func walksLike(_ other: VariantRequest) -> Bool {
    window == other.window && heads == other.heads && lastLayer == other.lastLayer && edges == other.edges
  }
}

extension Engine {
  /// Bytes that one fork of a wave needs beside the baseline: its residual stream, its keys and values, and its share of
  /// the packed rows between products.
  public func bytesPerFork(rows: Int) -> Int {
    let decoder = model.decoder
    let perRow =
      decoder.hidden + 2 * decoder.keyWidth  // the fork's own
      + 4 * decoder.hidden + 2 * decoder.queryWidth + 2 * decoder.keyWidth + 3 * decoder.intermediate
    return (rows + RowPacking.tile) * perRow * MemoryLayout<Float>.stride
  }

  /// Walks variants of one image and returns their predictions at the sites behind their windows, in the order asked.
  ///
  /// A variant without an effective edge is the baseline, and equal variants are walked once; both are exact.
  /// `waveLimit` (1 or more) bounds how many are walked together; `afterWave` is told which requests are finished.
  public func walk(
    _ requests: [VariantRequest], from baseline: ImageBaseline, readouts: [Site: Readout], waveLimit: Int,
    afterWave: ([Int]) throws -> Void = { _ in }
  ) rethrows -> [[Site: [UInt16]]] {
    var results = requests.map { request in
      baseline.predictions.filter { Site.llm(request.window.first) <= $0.key && $0.key <= .llm(request.lastLayer) }
    }
    let walks = distinctWalks(requests)
    let idle = requests.indices.filter { requests[$0].edges.count == 0 }
    if !idle.isEmpty { try afterWave(idle) }
    for start in stride(from: 0, to: walks.count, by: max(1, waveLimit)) {
      let wave = walks[start..<min(start + max(1, waveLimit), walks.count)].map { $0 }
      for (predictions, served) in zip(self.predictions(of: wave.map { requests[$0[0]] }, baseline, readouts), wave) {
        for request in served { results[request].merge(predictions) { $1 } }
      }
      try afterWave(wave.flatMap { $0 })
    }
    return results
  }

  /// Requests that walk alike, together; ordered by window, so that a wave's forks join close to each other.
  private func distinctWalks(_ requests: [VariantRequest]) -> [[Int]] {
    var walks: [[Int]] = []
    for index in requests.indices where requests[index].edges.count > 0 {
      if let same = walks.firstIndex(where: { requests[$0[0]].walksLike(requests[index]) }) {
        walks[same].append(index)
      } else {
        walks.append([index])
      }
    }
    return walks.sorted { (requests[$0[0]].window.first, $0[0]) < (requests[$1[0]].window.first, $1[0]) }
  }

  /// Walks one wave; unchanged tokens keep the baseline's predictions.
  private func predictions(
    of wave: [VariantRequest], _ baseline: ImageBaseline, _ readouts: [Site: Readout]
  ) -> [[Site: [UInt16]]] {
    var results = [[Site: [UInt16]]](repeating: [:], count: wave.count)
    let forks = wave.map {
      Request(
        edit: $0.edges.edgeEdit(window: $0.window, heads: $0.heads, base: baseline.trace.base), lastLayer: $0.lastLayer)
    }
    walk(forks, from: baseline.trace, readers: readouts.values.map(\.layer)) { layer, requests, output, _ in
      let site = Site.llm(layer)
      guard let readout = readouts[site], let unchanged = baseline.predictions[site] else { return }
      let classes = classify(output.hidden, rows: output.packing.count, by: readout)
      for (fork, request) in requests.enumerated() {
        var predictions = unchanged
        for (position, index) in output.packing.places[fork] where position >= baseline.prefix {
          predictions[position - baseline.prefix] = classes[index]
        }
        results[request][site] = predictions
      }
    }
    return results
  }
}
