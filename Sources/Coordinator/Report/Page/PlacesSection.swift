import Catalog

/// The page's section on where in the image tokens are right, and what mistakes become.
struct PlacesSection {
  let findings: Findings
  let places: PlaceFindings

  private var last: String { findings.sites.last?.site.description ?? "" }

  var markup: Markup {
    return """
      <section>
      <h2>Where in the image</h2>
      <div class="pair">
      \(byRow)
      \(byNeighbours)
      \(alike)
      </div>
      \(flows)
      </section>
      """
  }

  private var byRow: Markup {
    figure(
      "rows", "By row of the image",
      "change of accuracy from \(findings.reference) to \(last), points; causal attention shows the first row first",
      "Change of accuracy by row of the image; the numbers are in places.csv")
  }

  private var byNeighbours: Markup {
    figure(
      "neighbours", "By correct neighbours",
      "recovery at \(last), by how many of the eight tokens around a token of W were correct at \(findings.reference), %",
      "Recovery by number of correct neighbours; the numbers are in places.csv")
  }

  private var alike: Markup {
    let constant = places.constantAtBoundary.map {
      ". A predictor that knows one class would have 100 % alike, and \(Percent.plain($0)) % right at boundaries"
    }
    return figure(
      "alike", "Neighbours of one class",
      "how many are predicted alike; accuracy at boundaries of classes and inside, %" + (constant ?? ""),
      "Neighbours predicted alike, accuracy at boundaries and inside, by site; the numbers are in places.csv")
  }

  private func figure(_ id: String, _ title: String, _ explanation: String, _ label: String) -> Markup {
    """
    <figure><figcaption><b>\(title)</b>: \(explanation)</figcaption>\
    <div class="chart"><canvas id="\(id)" role="img" aria-label="\(label)"></canvas></div></figure>
    """
  }

  /// What became of the most frequent mistakes, in the baseline and under every knockout that acts in one window.
  private var flows: Markup {
    guard !places.mistakes.isEmpty else { return "" }
    let shown = findings.knockoutsByName.compactMap { $0.windows.count == 1 ? $0.windows.first : nil }
    let rows = places.mistakes.enumerated().map { index, mistake -> Markup in
      let baseline = mistake.sites.last.map { ends in
        [ends.right, ends.same, ends.other].map { cell($0, of: ends.tokens) }.joined()
      }
      let knockouts = shown.map { knockout in
        knockout.places.map { cell($0.mistakes[index].right, of: $0.mistakes[index].tokens) } ?? "<td>–</td>"
      }.joined()
      return """
        <tr><th scope="row">\(mistake.gold)</th><td class="label">\(mistake.predicted)</td>\
        <td>\(Percent.grouped(mistake.sites.last?.tokens ?? 0))</td>\(baseline ?? "")\(knockouts)</tr>
        """
    }.joined()
    let header = ["right", "still so", "a third class"] + shown.map { "right under \($0.knockout)" }
    let columns = header.map { title -> Markup in "<th scope=\"col\">\(title)</th>" }.joined()
    return """
      <h3>What mistakes become</h3>
      <p>The most frequent mistakes at \(findings.reference.description), and what such tokens are predicted as at \(last), in %.</p>
      <div class="scroll"><table class="numbers"><thead><tr><th scope="col">class</th><th scope="col" class="label">taken for</th>\
      <th scope="col">tokens</th>\(columns)</tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }

  private func cell(_ part: Int, of whole: Int) -> Markup {
    let text = whole == 0 ? "–" : Percent.plain(Double(part) / Double(whole))
    return "<td>\(text)</td>"
  }
}
