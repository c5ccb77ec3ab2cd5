/// Draws the gallery: one pixel a token, scaled up by the style.
enum GalleryScript {
  static let javascript = """
    'use strict';
    (() => {
      const gallery = JSON.parse(document.getElementById('data').textContent).gallery;
      const slider = document.getElementById('gallery-site');
      if (!gallery || !slider) return;
      const names = JSON.parse(document.getElementById('data').textContent).decoder;
      const none = gallery.width === 1 ? 255 : 65535;
      const labels = (text) => {
        const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        return gallery.width === 1 ? bytes : new Uint16Array(bytes.buffer);
      };
      // Hues a golden angle apart, in three lightnesses, so that neighbours in the list differ.
      const colour = (label) => {
        const [hue, saturation, lightness] = [(label * 137.508) % 360, 0.55, [0.52, 0.68, 0.38][label % 3]];
        const part = (n) => {
          const k = (n + hue / 30) % 12;
          return Math.round(255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
        };
        return [part(0), part(8), part(4)];
      };
      const draw = (id, pixel) => {
        const canvas = document.getElementById(id);
        canvas.width = gallery.columns;
        canvas.height = gallery.rows;
        const picture = new ImageData(gallery.columns, gallery.rows);
        for (let token = 0; token < gallery.rows * gallery.columns; token++) picture.data.set(pixel(token), 4 * token);
        canvas.getContext('2d').putImageData(picture, 0, 0);
      };
      const opaque = (rgb) => [...rgb, 255];
      const clear = [0, 0, 0, 0];
      const walls = gallery.walls.map((wall) => wall.map((exhibit) => {
        const baseline = exhibit.baseline.map(labels);
        return { gold: labels(exhibit.gold), baseline, targets: new Set(exhibit.targets),
          treated: exhibit.treated.map((text, site) => text === null ? baseline[site] : labels(text)) };
      }));
      const show = (site) => {
        document.getElementById('gallery-name').value = names[site];
        walls.forEach((wall, w) => wall.forEach((exhibit, e) => {
          const id = `gallery-${w}-${e}-`;
          const { gold, targets } = exhibit, before = exhibit.baseline[site], after = exhibit.treated[site];
          const isVoid = (token) => gold[token] === none;
          const map = (values) => (token) => isVoid(token) ? clear : opaque(colour(values[token]));
          draw(id + 'gold', map(gold));
          draw(id + 'baseline', map(before));
          draw(id + 'knockout', map(after));
          let right = 0, wrong = 0;
          draw(id + 'change', (token) => {
            if (isVoid(token)) return clear;
            const was = before[token] === gold[token], is = after[token] === gold[token];
            if (is && !was) { right++; return [0, 114, 178, 255]; }
            if (was && !is) { wrong++; return [213, 94, 0, 255]; }
            return targets.has(token) ? [128, 132, 140, 150] : [128, 132, 140, 45];
          });
          document.getElementById(id + 'text').textContent = `${right} right and ${wrong} wrong that were not, of ${gold.length} tokens`;
        }));
      };
      document.querySelectorAll('.legend i[data-class]').forEach((swatch) => {
        swatch.style.background = `rgb(${colour(Number(swatch.dataset.class)).join(' ')})`;
      });
      slider.addEventListener('input', () => show(Number(slider.value)));
      show(Number(slider.value));
    })();
    """
}
