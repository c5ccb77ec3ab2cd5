import Catalog

/// What one variant edits in one image, and how far it is followed.
public struct VariantRequest: Sendable {
  /// The effective edges.
  public let edges: EdgeSet
  /// Where the edit acts.
  public let window: LayerWindow
  /// The heads whose edges are edited.
  public let heads: HeadSet
  /// The last decoder layer it is computed to.
  public let lastLayer: Int

  /// Takes each property as it is.
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
    let own =
      rows * decoder.hidden + LayerCache.floats(rows: rows, heads: decoder.keyValueHeads, headSize: decoder.headSize)
    let packed =
      (rows + RowPacking.tile)
      * (4 * decoder.hidden + 2 * decoder.queryWidth + 2 * decoder.keyWidth + 3 * decoder.intermediate)
      + unit.arithmetic.packedFloats(
        rows: rows + RowPacking.tile, columns: max(decoder.hidden, decoder.queryWidth, decoder.intermediate))
    // Layers with the same window share a mask.
    let masks = Set(decoder.blocks.map(\.attentionWindow)).count
    return (own + packed) * MemoryLayout<Float>.stride + masks * EdgeMask.bytes(rows: rows)
  }

  /// Groups requests into waves of at most `limit` walks (1 or more): by window, so that a wave's forks join close to each
  /// other. Equal requests share one walk, and those without an effective edge, being the baseline, need none.
  public func waves(of requests: [VariantRequest], limit: Int) -> [Wave] {
    var walks: [[Int]] = []
    for index in requests.indices where requests[index].edges.count > 0 {
      if let same = walks.firstIndex(where: { requests[$0[0]].walksLike(requests[index]) }) {
        walks[same].append(index)
      } else {
        walks.append([index])
      }
    }
    walks.sort { (requests[$0[0]].window.first, $0[0]) < (requests[$1[0]].window.first, $1[0]) }
    let idle = requests.indices.filter { requests[$0].edges.count == 0 }
    let waves = stride(from: 0, to: walks.count, by: max(1, limit)).map {
      Wave(walks: Array(walks[$0..<min($0 + max(1, limit), walks.count)]), idle: [])
    }
    return (idle.isEmpty ? [] : [Wave(walks: [], idle: idle)]) + waves
  }

  /// Requests that are walked together.
  public struct Wave: Sendable {
    /// Requests served by each walk.
    fileprivate let walks: [[Int]]
    /// Requests that equal the baseline.
    fileprivate let idle: [Int]

    /// Which of the requests this wave serves.
    public var requests: [Int] { (idle + walks.flatMap { $0 }).sorted() }
  }

  /// Walks one wave and returns the predictions at the probed sites behind each request's window, [image token] per site,
  /// in the order of ``Wave/requests``.
  ///
  /// Throws a ``WalkError`` if a state is not finite.
  public func walk(
    _ wave: Wave, of requests: [VariantRequest], from baseline: ImageBaseline, readouts: [Site: Readout]
  ) throws(WalkError) -> [[Site: [UInt16]]] {
    var results: [Int: [Site: [UInt16]]] = [:]
    for request in wave.requests {
      let (first, last) = (requests[request].window.first, requests[request].lastLayer)
      results[request] = baseline.predictions.filter { Site.llm(first) <= $0.key && $0.key <= .llm(last) }
    }
    let walked = try predictions(of: wave.walks.map { requests[$0[0]] }, baseline, readouts)
    for (predictions, served) in zip(walked, wave.walks) {
      for request in served { results[request]?.merge(predictions) { $1 } }
    }
    return wave.requests.map { results[$0] ?? [:] }
  }

  /// Walks one wave; unchanged tokens keep the baseline's predictions.
  private func predictions(
    of wave: [VariantRequest], _ baseline: ImageBaseline, _ readouts: [Site: Readout]
  ) throws(WalkError) -> [[Site: [UInt16]]] {
    var failure: WalkError?
    var results = [[Site: [UInt16]]](repeating: [:], count: wave.count)
    let forks = wave.map {
      DecoderWalker.Request(
        edit: $0.edges.edgeEdit(window: $0.window, heads: $0.heads, base: baseline.trace.base), lastLayer: $0.lastLayer)
    }
    walker.walk(forks, from: baseline.trace) { layer, requests, output, _ in
      let site = Site.llm(layer)
      if failure == nil, !output.isFinite(width: model.decoder.hidden) { failure = WalkError(site: site) }
      guard let readout = readouts[site], let unchanged = baseline.predictions[site] else { return }
      let classes = classify(output.hidden, rows: output.packing.count, by: readout)
      for (fork, request) in requests.enumerated() {
        var predictions = unchanged
        for (position, index) in output.packing.places[fork] where baseline.image.contains(position) {
          predictions[position - baseline.image.lowerBound] = classes[index]
        }
        results[request][site] = predictions
      }
    }
    if let failure { throw failure }
    return results
  }
}
