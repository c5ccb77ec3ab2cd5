/// Draws the live page from the events. What comes from outside goes into the page as text only.
enum LiveScript {
  static let javascript = """
    'use strict';
    (() => {
      const $ = (id) => document.getElementById(id);
      const make = (tag, text, classes) => {
        const element = document.createElement(tag);
        if (text !== undefined) element.textContent = text;
        if (classes) element.className = classes;
        return element;
      };
      const grouped = (count) => count.toLocaleString('en');
      const points = (share) => (share > 0 ? '+' : '') + (100 * share).toFixed(1).replace('-', '\\u2212');
      const span = (seconds) => seconds < 90 ? Math.round(seconds) + ' s' : seconds < 5400 ? Math.round(seconds / 60) + ' min'
        : (seconds / 3600).toFixed(1) + ' h';
      const table = (header, rows) => {
        const element = make('table', undefined, 'numbers'), head = element.createTHead().insertRow();
        header.forEach((title, index) => head.appendChild(make('th', title, index === header.length - 1 ? 'label' : '')));
        const body = element.createTBody();
        rows.forEach((cells) => {
          const row = body.insertRow();
          cells.forEach((text, index) => row.appendChild(make(index ? 'td' : 'th', text, index === cells.length - 1 ? 'label' : '')));
        });
        return element;
      };
      const colours = () => matchMedia('(prefers-color-scheme: dark)').matches
        ? { soft: '#a0a6b2', line: '#333842', curve: '#56b4e9' } : { soft: '#5c6370', line: '#dfe1e5', curve: '#0072b2' };
      const charts = {};
      const curve = (id, labels, numbers) => {
        const look = colours(), part = (take) => numbers.map((number) => number ? 100 * take(number) : null);
        const edge = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, tension: 0 };
        const data = { labels, datasets: [
          { ...edge, data: part((number) => number.value - (number.margin ?? 0)), fill: false },
          { ...edge, data: part((number) => number.value + (number.margin ?? 0)), fill: '-1', backgroundColor: look.curve + '2e' },
          { data: part((number) => number.value), borderColor: look.curve, backgroundColor: look.curve, borderWidth: 2, pointRadius: 2, tension: 0 },
        ] };
        const axis = { ticks: { color: look.soft }, grid: { color: look.line } };
        const options = { responsive: true, maintainAspectRatio: false, animation: false, plugins: { legend: { display: false }, tooltip: { enabled: false } },
          scales: { x: { ...axis, grid: { drawOnChartArea: false, color: look.line } }, y: axis } };
        if (!charts[id]) charts[id] = new Chart($(id), { type: 'line', data, options });
        else { charts[id].data = data; charts[id].options = options; charts[id].update('none'); }
      };
      const map = (knockout, sites) => {
        const figure = make('figure', undefined, 'heat'), caption = figure.appendChild(make('figcaption'));
        caption.appendChild(make('b', knockout.name));
        caption.append(` change of the target's recovery against the ${knockout.comparison}, points`);
        const shown = sites.map((_, site) => site).filter((site) => knockout.cells.some((row) => row[site]));
        const largest = Math.max(1e-9, ...knockout.cells.flat().map((cell) => cell ? Math.abs(cell.value) : 0));
        const dense = shown.length > 14;
        const scroll = figure.appendChild(make('div', undefined, 'scroll'));
        const element = scroll.appendChild(make('table', undefined, dense ? 'map dense' : 'map'));
        const head = element.createTHead().insertRow();
        head.appendChild(make('th', 'layers'));
        shown.forEach((site) => head.appendChild(make('th', sites[site].replace('llm.', ''))));
        const body = element.createTBody();
        knockout.cells.forEach((cells, window) => {
          const row = body.insertRow();
          row.appendChild(make('th', knockout.windows[window]));
          shown.forEach((site) => {
            const cell = cells[site], place = row.appendChild(make('td', '', 'none'));
            if (!cell) return;
            const margin = cell.margin === undefined ? '' : ' \\u00b1 ' + (100 * cell.margin).toFixed(1);
            place.className = cell.value < 0 ? 'neg' : 'pos';
            place.style.setProperty('--v', (Math.abs(cell.value) / largest).toFixed(2));
            place.title = `layers ${knockout.windows[window]}, ${sites[site]}: ${points(cell.value)}${margin}`;
            if (!dense) place.textContent = points(cell.value);
          });
        });
        return figure;
      };
      const phases = { running: 'running', paused: 'paused: resume with rebound resume', 'waiting-for-disk': 'held up', draining: 'draining',
        stopped: 'stopped', finished: 'finished: see it with rebound report', 'finished-with-gaps': 'finished with missing trials: see it with rebound report' };
      const show = ({ status, figures }) => {
        document.title = status.run + ' \\u00b7 rebound';
        $('name').textContent = status.run;
        $('facts').className = 'facts';
        $('facts').textContent = [phases[status.phase] ?? status.phase, status.obstacle, 'started ' + span(status.now - status.started) + ' ago',
          status.workers.length === 1 ? '1 worker' : `${grouped(status.workers.length)} workers`, status.bitReproducible ? null : 'not bit-reproducible'].filter(Boolean).join(' \\u00b7 ');
        $('stages').replaceChildren(...status.stages.map((stage) => {
          const line = make('div', undefined, 'stage'), bar = make('progress');
          bar.max = Math.max(1, stage.total);
          bar.value = stage.done + stage.quarantined;
          bar.setAttribute('aria-label', stage.stage);
          const rate = stage.trialsPerSecond ? ` \\u00b7 ${stage.trialsPerSecond.toFixed(1)}/s` : '';
          const left = stage.secondsLeft ? ` \\u00b7 ${span(stage.secondsLeft)} left` : '';
          line.append(make('b', stage.stage), bar, make('span', `${grouped(stage.done)} of ${grouped(stage.total)}`),
            make('small', [stage.leased ? `${grouped(stage.leased)} with workers${rate}${left}` : null,
              stage.quarantined ? `${grouped(stage.quarantined)} given up` : null].filter(Boolean).join(' \\u00b7 ')));
          return line;
        }));
        $('workers').replaceChildren(status.workers.length ? table(['worker', 'host', 'threads', 'holds', 'committed', 'trials a second', 'heard', 'kernel'],
          status.workers.map((worker) => [String(worker.id), `${worker.host}/${worker.pid}`, String(worker.threads), grouped(worker.leased), grouped(worker.committed),
            worker.trialsPerSecond === undefined ? '\\u2013' : worker.trialsPerSecond.toFixed(1), span(Math.max(0, status.now - worker.lastHeard)) + ' ago', worker.kernel]))
          : make('p', 'None. Start some with rebound work.'));
        $('failures').hidden = !status.failures.length;
        $('failures').querySelector('div').replaceChildren(table(['trials', 'where', 'what became of them', 'why'], status.failures.map((failure) =>
          [String(failure.trials), failure.host ?? '\\u2013', failure.quarantined ? 'given up' : 'tried again', failure.message])));
        $('figures').hidden = !figures || !figures.images;
        if (figures && figures.images) {
          curve('accuracy', figures.sites, figures.accuracy);
          const behind = figures.sites.map((_, site) => site).filter((site) => figures.recovery[site]);
          curve('recovery', behind.map((site) => figures.sites[site]), behind.map((site) => figures.recovery[site]));
          $('maps').replaceChildren(...figures.knockouts.filter((knockout) => knockout.cells.flat().some(Boolean)).map((knockout) => map(knockout, figures.sites)));
        }
      };
      const events = new EventSource('/events');
      events.onmessage = (event) => {
        const view = JSON.parse(event.data);
        show(view);
        if (view.status.phase.startsWith('finished')) events.close();
      };
      events.onerror = () => {
        $('facts').className = 'facts gone';
        $('facts').textContent = 'The coordinator does not answer: it has ended, or the connection is cut. This is its last word; rebound status and rebound report know more.';
      };
    })();
    """
}
