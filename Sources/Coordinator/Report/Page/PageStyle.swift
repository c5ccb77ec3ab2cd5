/// The page's style: light, dark and print.
enum PageStyle {
  static let css = """
    :root {
      color-scheme: light dark;
      --page: #f7f7f5; --surface: #ffffff; --ink: #1b1d21; --soft: #5c6370; --line: #dfe1e5;
      --accent: #3b5b92; --warn: #8a5a00; --neg-rgb: 213 94 0; --pos-rgb: 0 114 178;
      --base-line: #6b7280; --knock-line: #d55e00; --control-line: #0072b2; --extra-line: #7a5ca8;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #131519; --surface: #1b1e24; --ink: #e8e9ec; --soft: #a0a6b2; --line: #333842;
        --accent: #9db8ea; --warn: #e5b567; --neg-rgb: 206 88 12; --pos-rgb: 32 128 196;
        --base-line: #a7adb8; --knock-line: #f08a3c; --control-line: #56b4e9; --extra-line: #b79ae0;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
    header { margin-bottom: 2rem; }
    .brand { margin: 0; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
    h1 { margin: .1rem 0 .2rem; font-size: 2.1rem; line-height: 1.15; letter-spacing: -.015em; overflow-wrap: anywhere; }
    h2 { margin: 0 0 .6rem; font-size: 1.35rem; letter-spacing: -.01em; }
    h3 { margin: 1.6rem 0 .4rem; font-size: 1.05rem; overflow-wrap: anywhere; }
    article h3 { margin-top: 0; }
    p { margin: .4rem 0 .8rem; max-width: 46rem; }
    .facts, .rule, .maps-title { color: var(--soft); }
    .rule { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: .85rem; max-width: none;
      overflow-wrap: anywhere; }
    .maps-title { font-size: .9rem; margin-top: 1.2rem; }
    section { margin: 0 0 3rem; }
    .points { margin: 0; padding: 0; list-style: none; max-width: 50rem; }
    .points li { position: relative; margin: .55rem 0; padding-left: 1.7rem; }
    .points li::before { position: absolute; left: 0; width: 1.2rem; text-align: center; font-weight: 700; }
    .points .finding::before { content: "●"; color: var(--accent); }
    .points .nothing::before { content: "○"; color: var(--soft); }
    .points .caveat::before { content: "!"; color: var(--warn); }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
    figure { margin: 0; min-width: 0; }
    .pair figure, article { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.2rem; }
    article { margin: 0 0 1.2rem; }
    figcaption { font-size: .9rem; color: var(--soft); margin-bottom: .5rem; }
    figcaption b { color: var(--ink); }
    .chart { position: relative; height: 19rem; }
    .chart.low { height: 12rem; }
    select { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: 5px;
      padding: 0 .2rem; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .86rem; }
    .numbers { width: 100%; background: var(--surface); border: 1px solid var(--line); }
    .numbers th, .numbers td { padding: .3rem .65rem; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
    .numbers thead th { white-space: normal; vertical-align: bottom; color: var(--soft); font-weight: 600; border-top: 0; }
    .numbers th:first-child, .numbers .label { text-align: left; }
    .numbers tbody th { font-weight: 600; }
    .ci { color: var(--soft); font-size: .92em; }
    .maps { display: grid; gap: 1rem 1.4rem;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, max(15rem, calc(var(--n) * 2.5rem + 3.4rem))), 1fr)); }
    .maps.dense-maps { grid-template-columns: repeat(auto-fit, minmax(min(100%, calc(var(--n) * .86rem + 2.6rem)), max-content)); }
    .map { border-collapse: separate; border-spacing: 1px; font-size: .76rem; }
    .map th { color: var(--soft); font-weight: 500; padding: 0 .35rem; text-align: right; white-space: nowrap; }
    .map thead th { text-align: center; }
    .map td { min-width: 2.4rem; padding: .2rem .05rem; text-align: center; border-radius: 3px; }
    .map td.neg { background: rgb(var(--neg-rgb) / calc(var(--v) * .72)); }
    .map td.pos { background: rgb(var(--pos-rgb) / calc(var(--v) * .72)); }
    .map td.sure { font-weight: 700; text-decoration: underline; text-underline-offset: 2px; }
    .map abbr { color: var(--warn); font-weight: 700; text-decoration: none; }
    .dense { font-size: .58rem; }
    .dense td { min-width: .8rem; height: .8rem; line-height: 1; padding: 0; border-radius: 1px; }
    .dense td.sure { text-decoration: none; }
    .dense th { padding: 0 .05rem; text-align: center; }
    .slider input { width: min(24rem, 60vw); vertical-align: middle; accent-color: var(--accent); }
    .legend { display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .85rem; color: var(--soft); max-width: none; }
    .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; border-radius: 2px; vertical-align: -.05rem; }
    .legend .right { background: rgb(0 114 178); }
    .legend .wrong { background: rgb(213 94 0); }
    .legend .target { background: rgb(128 132 140 / .6); }
    .exhibit { margin: 0 0 1rem; }
    .panels { display: grid; grid-template-columns: repeat(5, minmax(0, 11rem)); gap: .5rem; }
    .panels small { display: block; color: var(--soft); text-align: center; }
    .panels canvas, .panels img { width: 100%; aspect-ratio: 1; display: block; border: 1px solid var(--line); border-radius: 4px; }
    .panels canvas { image-rendering: pixelated; }
    .panels img { object-fit: fill; }
    details { margin-top: 1.6rem; }
    summary { cursor: pointer; font-weight: 600; margin-bottom: .5rem; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .4rem 0 1rem; font-size: .92rem; }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }
    code { font-size: .92em; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    @media (max-width: 40rem) { main { padding: 1.5rem 1rem 3rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
    @media print {
      :root {
        --page: #fff; --surface: #fff; --ink: #000; --soft: #444; --line: #ccc; --accent: #3b5b92; --warn: #8a5a00;
        --neg-rgb: 213 94 0; --pos-rgb: 0 114 178;
      }
      body { font-size: 10.5pt; }
      main { max-width: none; padding: 0; }
      article, figure, tr { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      .scroll { overflow: visible; }
      .numbers { font-size: 7pt; }
      .numbers th, .numbers td { padding: .15rem .3rem; }
      .map td { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      select { border: 0; appearance: none; }
    }
    """
}
