/// The page's own script: draws the charts from the data in the page, and again when the colours change.
enum PageScript {
  static let javascript = """
    'use strict';
    (() => {
      const data = JSON.parse(document.getElementById('data').textContent);
      const light = { ink: '#1b1d21', soft: '#5c6370', line: '#dfe1e5',
        base: '#6b7280', knock: '#d55e00', control: '#0072b2', extra: '#7a5ca8' };
      const dark = { ink: '#e8e9ec', soft: '#a0a6b2', line: '#333842',
        base: '#a7adb8', knock: '#f08a3c', control: '#56b4e9', extra: '#b79ae0' };
      const prefersDark = matchMedia('(prefers-color-scheme: dark)');
      let colours = prefersDark.matches ? dark : light;
      const charts = [];
      const chosen = data.knockouts.map((knockout) => knockout.first);

      // A line with its interval as a band. The band's two edges are lines of their own that nobody sees.
      const curve = (label, series, colour, look) => {
        const edge = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, band: true, tension: 0, spanGaps: false };
        return [
          { ...edge, data: series.low, fill: false },
          { ...edge, data: series.high, fill: '-1', backgroundColor: colour + '2e' },
          { label, data: series.value, interval: series, borderColor: colour, backgroundColor: colour, borderWidth: 2,
            pointRadius: series.value.length > 20 ? 1.5 : 3, tension: 0, spanGaps: false, ...look },
        ];
      };
      const solid = { pointStyle: 'circle' };
      const dashed = { borderDash: [6, 4], pointStyle: 'rect' };
      const dotted = { borderDash: [2, 3], pointStyle: 'triangle' };

      const number = (value) => value.toFixed(1).replace('-', '\\u2212');
      const options = () => ({
        responsive: true, maintainAspectRatio: false, animation: false,
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: { ticks: { color: colours.soft, maxRotation: 60, autoSkip: true }, grid: { color: colours.line, drawOnChartArea: false } },
          y: { ticks: { color: colours.soft, callback: (value) => number(value).replace('.0', '') }, grid: { color: colours.line } },
        },
        plugins: {
          legend: { position: 'bottom', labels: { color: colours.ink, usePointStyle: true, boxHeight: 7,
            filter: (item, all) => !all.datasets[item.datasetIndex].band }, onClick: () => {} },
          tooltip: { filter: (item) => !item.dataset.band, callbacks: { label: (item) => {
            const low = item.dataset.interval.low[item.dataIndex], high = item.dataset.interval.high[item.dataIndex];
            const band = low === null ? '' : ` [${number(low)}, ${number(high)}]`;
            return `${item.dataset.label}: ${number(item.parsed.y)}${band}`;
          } } },
        },
      });

      const content = {
        accuracy: () => ({ labels: data.sites, datasets: data.runs.flatMap((run, index) =>
          curve(run.name, run.accuracy, index ? colours.extra : colours.control, index ? dashed : solid)) }),
        recovery: () => {
          const first = data.sites.length - data.decoder.length;
          const cut = (series) => Object.fromEntries(Object.entries(series).map(([key, list]) => [key, list.slice(first)]));
          const own = data.runs[0];
          return { labels: data.decoder, datasets: [
            ...curve('recovery', cut(own.recovery), colours.control, solid),
            ...curve('relapse', cut(own.relapse), colours.knock, dashed),
            ...curve('net recovery', cut(own.netRecovery), colours.base, dotted),
            ...data.runs.slice(1).flatMap((run) =>
              curve('net recovery, ' + run.name, cut(run.netRecovery), colours.extra, dashed)),
          ] };
        },
      };
      if (data.places) {
        const rows = data.places.rows.value.map((_, row) => row + 1);
        content.rows = () => ({ labels: rows, datasets: curve('baseline', data.places.rows, colours.base, solid) });
        content.neighbours = () => ({ labels: data.places.neighbours.value.map((_, count) => count),
          datasets: curve('recovery', data.places.neighbours, colours.control, solid) });
        content.alike = () => ({ labels: data.sites, datasets: [
          ...curve('neighbours alike', data.places.alike, colours.extra, dotted),
          ...curve('accuracy inside', data.places.interior, colours.control, solid),
          ...curve('accuracy at boundaries', data.places.boundary, colours.knock, dashed),
        ] });
        data.knockouts.forEach((knockout, index) => {
          content['rows-' + index] = () => ({ labels: rows,
            datasets: curve(knockout.name, knockout.windows[chosen[index]].rows, colours.knock, solid) });
        });
      }
      data.knockouts.forEach((knockout, index) => {
        content['knockout-' + index] = () => {
          const window = knockout.windows[chosen[index]];
          return { labels: data.decoder, datasets: [
            ...curve('baseline', data.baseline, colours.base, dashed),
            ...(window.control ? curve('control', window.control, colours.control, dotted) : []),
            ...curve(knockout.name, window.knockout, colours.knock, solid),
          ] };
        };
      });

      for (const [id, make] of Object.entries(content)) {
        const canvas = document.getElementById(id);
        if (canvas) charts.push({ id, chart: new Chart(canvas, { type: 'line', data: make(), options: options() }) });
      }
      const redraw = () => charts.forEach(({ id, chart }) => {
        chart.data = content[id]();
        chart.options = options();
        chart.update('none');
      });
      prefersDark.addEventListener('change', () => { colours = prefersDark.matches ? dark : light; redraw(); });
      addEventListener('beforeprint', () => { colours = light; redraw(); charts.forEach(({ chart }) => chart.resize()); });
      addEventListener('afterprint', () => {
        colours = prefersDark.matches ? dark : light;
        redraw();
        charts.forEach(({ chart }) => chart.resize());
      });
      document.querySelectorAll('select[data-knockout]').forEach((select) => {
        const index = Number(select.dataset.knockout);
        select.value = String(chosen[index]);
        select.addEventListener('change', () => { chosen[index] = Number(select.value); redraw(); });
      });
    })();
    """
}
