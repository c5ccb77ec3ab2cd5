/// The page that shows a run as it goes on. It holds nothing of the run: its script draws what the events say.
public enum LivePage {
  /// One self-contained page.
  public static func html(charts: ChartLibrary) -> String {
    PageFrame.html(
      title: "rebound", isConnected: true, style: style, body: body, scripts: [charts.script, LiveScript.javascript])
  }

  private static let body: Markup = """
    <header>
    <p class="brand">rebound</p>
    <h1 id="name">…</h1>
    <p class="facts" id="facts">waiting for the coordinator</p>
    </header>
    <section id="stages"></section>
    <section id="figures" hidden>
    <h2>So far</h2>
    <p>Of the images that are in. Intervals are for watching: looking again and again makes chance findings likelier, so they decide nothing.</p>
    <div class="pair">
    <figure><figcaption><b>Token accuracy</b> at each site, %</figcaption><div class="chart"><canvas id="accuracy" role="img" \
    aria-label="Token accuracy by site"></canvas></div></figure>
    <figure><figcaption><b>Recovery</b> since the reference, %</figcaption><div class="chart"><canvas id="recovery" role="img" \
    aria-label="Recovery by site"></canvas></div></figure>
    </div>
    <div id="maps" class="pair"></div>
    </section>
    <section><h2>Workers</h2><div class="scroll" id="workers"></div></section>
    <section id="failures" hidden><h2>What went wrong</h2><div class="scroll"></div></section>
    """

  private static let style = """
    .stage { display: grid; grid-template-columns: 5rem 1fr auto; gap: .2rem 1rem; align-items: center; margin: .5rem 0; }
    .stage progress { width: 100%; height: .7rem; accent-color: var(--accent); }
    .stage small { grid-column: 2 / 4; color: var(--soft); }
    .stage small:empty { display: none; }
    #maps { margin-top: 1rem; }
    .gone { color: var(--warn); }
    """
}
