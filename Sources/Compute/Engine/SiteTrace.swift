import Catalog

/// Hidden states of every site for one image under one knockout (or none): what `rebound trace` writes.
public struct SiteTrace: Sendable {
  /// [token, hidden] per site: patches at vision sites, image tokens at the others.
  public let states: [(site: Site, hidden: Int, values: [Float])]
  /// Effective edges, [window layer][head]; nil without a knockout.
  public let effectiveEdges: [[Int]]?
}

extension Engine {
  /// Walks one image and keeps everything. `knockout` must name one window.
  ///
  /// Throws a ``KnockoutError`` if the knockout cannot be resolved, a ``WalkError`` if a state is not finite.
  public func trace(
    pixels: [Float], prompt: Prompt, knockout: Knockout?, context: TokenContext
  ) throws -> SiteTrace {
    let vision = try encode(pixels: pixels)
    let decoder = model.decoder
    var states: [(site: Site, hidden: Int, values: [Float])] = vision.sites.enumerated().map {
      (.vision($0.offset), model.vision.hidden, $0.element)
    }
    states.append((.adapter, decoder.hidden, vision.adapter))
    let trace = try walkBaseline(prompt: prompt, adapter: vision.adapter) { _, _ in }
    let image = imageRows(prompt)
    var layers = (1...decoder.blocks.count).map {
      let start = trace.residuals[$0].pointer + image.lowerBound * decoder.hidden
      return Array(UnsafeBufferPointer(start: start, count: vision.adapter.count))
    }
    var counts: [[Int]]?
    if let knockout, let window = knockout.windows.first {
      let edges = try knockout.effectiveEdges(in: context, window: window)
      counts = (window.first...window.last).map { layer in
        let count = edges.count(reach: context.reach(in: LayerWindow(first: layer, last: layer)))
        return (0..<decoder.heads).map { knockout.heads.contains($0) ? count : 0 }
      }
      let edit = edges.edgeEdit(window: window, heads: knockout.heads, base: trace.base)
      walker.walk([.init(edit: edit, lastLayer: decoder.blocks.count)], from: trace) {
        layer, _, _, forks in
        for row in forks[0].changed.rows where image.contains(row) {
          let start = (row - image.lowerBound) * decoder.hidden
          layers[layer - 1].replaceSubrange(
            start..<start + decoder.hidden,
            with: UnsafeBufferPointer(start: forks[0].residual.pointer + row * decoder.hidden, count: decoder.hidden))
        }
      }
    }
    for (index, values) in layers.enumerated() {
      try WalkError.check(values, count: values.count, at: .llm(index + 1))
    }
    states += layers.enumerated().map { (.llm($0.offset + 1), decoder.hidden, $0.element) }
    return SiteTrace(states: states, effectiveEdges: counts)
  }
}
