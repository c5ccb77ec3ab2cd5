import Catalog

/// The sections of the page, top to bottom.
struct PageSections {
  let report: Report

  private var findings: Findings { report.findings }

  var header: Markup {
    let state = findings.gaps.waiting > 0 ? "unfinished" : findings.gaps.quarantined.isEmpty ? "complete" : "with gaps"
    return """
      <header>
      <p class="brand">rebound</p>
      <h1>\(findings.name)</h1>
      <p class="facts">\(findings.clusterText) · \(findings.layers) decoder layers · \
      \(findings.knockouts.count) knockout windows · \(state)</p>
      </header>
      """
  }

  var summary: Markup {
    let points = Summary(report).points
    func list(_ kinds: Set<Summary.Point.Kind>) -> Markup {
      points.filter { kinds.contains($0.kind) }.map { point -> Markup in
        "<li class=\"\(point.kind.rawValue)\">\(point.text)</li>"
      }.joined()
    }
    return """
      <section>
      <h2>What was found, and what was not</h2>
      <ul class="points">\(list([.finding, .nothing]))</ul>
      <h3>To keep in mind</h3>
      <ul class="points">\(list([.caveat]))</ul>
      </section>
      """
  }

  var layers: Markup {
    guard findings.images.complete > 0 else { return "" }
    return """
      <section>
      <h2>Layer by layer</h2>
      <p>The baseline: nothing is knocked out. Bands are 95 % intervals over \(findings.clusterText). W are the tokens that \
      are wrong at \(findings.reference.description), C the correct ones; recovery is the share of W that is right, relapse \
      the share of C that is wrong.</p>
      <div class="pair">
      <figure><figcaption><b>Token accuracy</b> of a linear probe at each site, %</figcaption>\
      <div class="chart"><canvas id="accuracy" role="img" aria-label="Token accuracy by site; the numbers are in the table of layers below"></canvas></div></figure>
      <figure><figcaption><b>Recovery and relapse</b> since \(findings.reference.description), %</figcaption>\
      <div class="chart"><canvas id="recovery" role="img" aria-label="Recovery, relapse and net recovery by site; the numbers are in the table of layers below"></canvas></div></figure>
      </div>
      </section>
      """
  }

  var places: Markup {
    guard findings.images.complete > 0, let places = findings.places else { return "" }
    return PlacesSection(findings: findings, places: places).markup
  }

  var knockouts: Markup {
    guard findings.images.complete > 0, !findings.knockouts.isEmpty else { return "" }
    let cards = findings.knockoutsByName.enumerated().map {
      KnockoutCard(number: $0, name: $1.name, windows: $1.windows).markup
    }
    return """
      <section>
      <h2>Knockouts</h2>
      \(cards.joined())
      </section>
      """
  }

  var gallery: Markup {
    report.gallery.isEmpty ? "" : GallerySection(findings: findings, walls: report.gallery).markup
  }

  var tables: Markup {
    let numbers = PageTables(findings: findings)
    let beside = report.comparison.map { comparison -> Markup in
      "<h3>Side by side</h3>\(numbers.sideBySide(comparison))"
    }
    let effects: Markup =
      findings.knockouts.isEmpty
      ? ""
      : """
      <h3>Effects</h3>
      <p>In percentage points, on the same tokens in both arms, read at the last site computed. T is the target: the tokens \
      that lose or gain an edge. <i>Adjusted p</i>: of the change against the control, else against the baseline, by cluster \
      sign flips with step-down max-T over all windows and sites of the knockout. <i>Largest at</i> was chosen after seeing the data. Edges and distances are per layer and \
      head; distances are steps on the token grid, of the thinned knockout and of its control.</p>
      \(numbers.effects)
      """
    let gaps: Markup = findings.gaps.quarantined.isEmpty ? "" : "<h3>Trials without a result</h3>\(numbers.gaps)"
    return """
      <section>
      <h2>Numbers</h2>
      <h3>Layers</h3>
      \(numbers.layers)
      \(beside ?? "")
      \(effects)
      <details><summary>Classes</summary>\(numbers.classes)</details>
      \(gaps)
      </section>
      """
  }

  var provenance: Markup {
    let source = report.provenance
    let probes =
      source.probes == .imported
      ? "imported from \(source.probeFile ?? "a file")"
      : "\(source.probes.rawValue), on \(source.targets.rawValue), λ from \(source.l2.map { "\($0)" }.joined(separator: ", "))"
    let rows: [(String, String)] = [
      ("experiment", source.experiment.description),
      ("model", source.model),
      ("model identity", source.modelIdentity.description),
      ("image tokens", "at positions \(source.imageTokens.first) to \(source.imageTokens.last)"),
      ("images", "\(source.trainImages) to train probes, \(source.evaluationImages) to evaluate"),
      ("geometry", source.geometry.rawValue + (source.tiling.map { ", \($0.rawValue)" } ?? "")),
      ("probes", probes),
      ("seed", "\(source.seed)"),
      (
        "intervals",
        "paired bootstrap of \(findings.grouped ? "clusters" : "images"), "
          + "\(Percent.grouped(findings.resampling.replicates)) resamples, 95 %"
      ),
      (
        "trials",
        "\(Percent.grouped(findings.gaps.trials.complete)) of \(Percent.grouped(findings.gaps.trials.total)), "
          + "\(findings.gaps.quarantined.count) given up"
      ),
      (
        "kernels",
        source.kernels.joined(separator: "; ") + (source.bitReproducible ? "" : " (any allowed: not bit-reproducible)")
      ),
      ("rebound", source.build),
    ]
    let items = rows.map { name, value -> Markup in "<dt>\(name)</dt><dd>\(value)</dd>" }.joined()
    return """
      <section>
      <h2>Where it comes from</h2>
      <dl>\(items)</dl>
      <p>All numbers: <code>report.json</code>, <code>layers.csv</code>, <code>effects.csv</code>, <code>classes.csv</code>, \
      <code>places.csv</code> beside this page. Charts: Chart.js 3, © Chart.js Contributors, MIT licence.</p>
      </section>
      """
  }
}
