// Lines over five minutes. The server keeps them, so a fresh page has them at once; what is not known is a gap.
/* global uPlot */
import { h } from './dom.js';

const palette = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#f0e442', '#8f8f8f'];
const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const sync = uPlot.sync('time');
const clock = at => new Date(at * 1000).toLocaleTimeString(undefined, { hour12: false });

/** title, values: number => words. update takes { times: seconds, series: [{ name, values }] }. */
export function chart(title, words) {
  const root = h('figure', { class: 'chart' }, h('figcaption', {}, title));
  let [plot, shape] = [null, ''];
  const observer = new ResizeObserver(() => plot?.setSize({ width: root.clientWidth, height: 170 }));
  observer.observe(root);

  function make(series, data) {
    plot?.destroy();
    const axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') }, font: '11px system-ui' };
    plot = new uPlot({
      width: Math.max(200, root.clientWidth), height: 170, cursor: { sync: { key: sync.key } },
      legend: { live: true },
      scales: { y: { range: (_, __, most) => [0, (most || 1) * 1.05] } },
      axes: [{ ...axis, space: 90, values: (_, ticks) => ticks.map(clock) }, { ...axis, size: 72, values: (_, ticks) => ticks.map(words) }],
      series: [{ value: (_, at) => at ? clock(at) : '–' },
        ...series.map((one, i) => ({ label: one.name, stroke: palette[i % palette.length], dash: dashes[Math.floor(i / 2) % dashes.length], width: 1.5, value: (_, v) => v === null || v === undefined ? '–' : words(v), spanGaps: false }))],
    }, data, root);
  }

  return {
    root,
    update({ times, series }) {
      const data = [times, ...series.map(one => one.values)];
      const now = series.map(one => one.name).join('\n');
      if (!plot || now !== shape) make(series, data);
      else plot.setData(data);
      shape = now;
    },
    repaint() { shape = ''; },
    close() {
      observer.disconnect();
      plot?.destroy();
    },
  };
}
