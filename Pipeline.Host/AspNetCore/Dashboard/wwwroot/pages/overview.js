import { get } from '../api.js';
import { chart } from '../charts.js';
import { h, text } from '../dom.js';
import { bitRate, count, microseconds, packetRate, percent, reasons, short } from '../format.js';
import { graph } from '../graph.js';
import { table } from '../table.js';

export const overview = { title: 'Overview', open };

const historyEvery = 2;

function open() {
  const books = conservation();
  const picture = graph();
  const twin = twinOf();
  const charts = chartsOf();
  const note = h('p', { class: 'note' });
  let [isReading, turn] = [false, 0];

  return {
    root: h('div', {},
      books.root,
      h('section', { 'aria-label': 'The way of the packets' }, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Picture of the way' }, picture.root),
        h('details', {}, h('summary', {}, 'The same as a table'), twin.root)),
      h('section', { class: 'charts', 'aria-label': 'Five minutes' }, ...charts.all.map(c => c.root)), note),
    async update(snapshot) {
      books.update(snapshot);
      if (isReading) return;
      isReading = true;
      try {
        const topology = await get('topology');
        picture.update(topology);
        twin.update(topology);
        if (turn++ % historyEvery === 0) charts.update(await get('history'));
        text(note, '');
      } catch (error) {
        text(note, error.message);
      } finally {
        isReading = false;
      }
    },
    repaint() { charts.all.forEach(c => c.repaint()); },
    close() { charts.all.forEach(c => c.close()); },
  };
}

/** The law as a picture: what was received is what was delivered, passed, dropped and is on its way. */
function conservation() {
  const parts = { delivered: 'good', passed: 'other', dropped: 'lost', 'in flight': 'moving' };
  const bars = Object.entries(parts).map(([name, kind]) => [name, h('span', { class: kind })]);
  const line = h('p', { id: 'ledger' });
  const verdict = h('strong');
  const lost = h('p', { id: 'losses' });
  return {
    root: h('section', { class: 'books', 'aria-label': 'The books' }, h('div', { class: 'sum', 'aria-hidden': 'true' }, ...bars.map(([, bar]) => bar)), line, lost),
    update({ ledger, rates }) {
      const values = { delivered: ledger.delivered.packets, passed: ledger.passed.packets, dropped: ledger.dropped.packets, 'in flight': ledger.inFlight.packets };
      for (const [name, bar] of bars) bar.style.flexGrow = `${values[name] / Math.max(1, ledger.received.packets)}`;
      verdict.className = ledger.balanced ? 'good' : 'bad';
      text(verdict, ledger.balanced ? '✓ balanced' : '✗ NOT BALANCED');
      const sum = `received ${count(ledger.received.packets)} = delivered ${count(values.delivered)} + passed ${count(values.passed)} + dropped ${count(values.dropped)} + in flight ${count(values['in flight'])} `;
      if (line.firstChild?.nodeValue !== sum) line.replaceChildren(sum, verdict);
      lost.className = ledger.dropped.packets + ledger.deviceLost.packets > 0 ? 'bad' : 'note';
      text(lost, [
        `in ${packetRate(rates.received)}, ${bitRate(rates.received)}`,
        `dropped ${reasons(ledger.dropped)}${ledger.dropped.packets ? `, ${percent(ledger.dropped.packets, ledger.received.packets)} of what was received, now ${packetRate(rates.dropped)}` : ''}`,
        ledger.deviceLost.packets ? `lost by the device before that: ${reasons(ledger.deviceLost)}` : '',
        ledger.copies.delivered + ledger.copies.dropped ? `copies ${count(ledger.copies.delivered)} delivered, ${count(ledger.copies.dropped)} dropped` : '',
      ].filter(Boolean).join(' · '));
    },
  };
}

function twinOf() {
  const nodes = table([
    { title: 'part', word: true, cell: n => n.name, key: n => n.name },
    { title: 'kind', word: true, cell: n => n.kind, key: n => n.kind },
    { title: 'packets', cell: n => count(n.packets), key: n => n.packets },
    { title: 'rate', cell: n => packetRate(n.rate), key: n => n.rate.packets },
    { title: 'bit rate', cell: n => bitRate(n.rate), key: n => n.rate.bytes },
    { title: 'bundles waiting', cell: n => count(n.mailbox?.depth), key: n => n.mailbox?.depth },
    { title: 'dropped', cell: n => reasons(n.dropped), key: n => n.dropped?.packets, bad: n => n.dropped?.packets > 0 },
    { title: 'lost before', cell: n => reasons(n.lost), key: n => n.lost?.packets, bad: n => n.lost?.packets > 0 },
    { title: 'state', word: true, cell: n => n.state ?? '–', key: n => n.state ?? '' },
  ], { name: 'Parts', id: n => n.id, empty: 'nothing' });
  const edges = table([
    { title: 'from', word: true, cell: e => e.from, key: e => e.from },
    { title: 'to', word: true, cell: e => e.to, key: e => e.to },
    { title: 'mark', word: true, cell: e => (e.mark ?? '–') + (e.copy ? ' (copy)' : ''), key: e => e.mark ?? '' },
    { title: 'packets', cell: e => count(e.packets), key: e => e.packets },
    { title: 'rate', cell: e => packetRate(e.rate), key: e => e.rate?.packets },
    { title: 'dropped', cell: e => reasons(e.dropped), key: e => e.dropped?.packets, bad: e => e.dropped?.packets > 0 },
  ], { name: 'Ways', id: e => `${e.from} ${e.to} ${e.mark ?? ''}`, empty: 'nothing' });
  return {
    root: h('div', {}, nodes.root, edges.root),
    update(topology) {
      nodes.update(topology.nodes);
      edges.update(topology.edges);
    },
  };
}

function chartsOf() {
  const rate = chart('Packets a second', n => short(n));
  const dropped = chart('Dropped and lost a second, by reason', n => short(n));
  const handoff = chart('From router to consumer', microseconds);
  const pools = chart('Pages out of pools', n => percent(n, 1));
  return {
    all: [rate, dropped, handoff, pools],
    update(history) {
      const times = history.at.map(ms => ms / 1000);
      const line = (name, values) => ({ name, values });
      rate.update({ times, series: ['received', 'delivered', 'passed'].map(name => line(name, history[name].packets)) });
      const losses = [...history.dropped.map(d => line(d.reason, d.packets)), ...history.deviceLost.map(d => line(`device: ${d.reason}`, d.packets))];
      dropped.update({ times, series: losses.length ? losses : [line('nothing', history.received.packets.map(n => n === null ? null : 0))] });
      handoff.update({ times, series: [line('half within', history.handoff.p50Microseconds), line('99 of 100 within', history.handoff.p99Microseconds)] });
      pools.update({ times, series: [line('pages out', history.pages.out.map((n, i) => n === null || !history.pages.all[i] ? null : n / history.pages.all[i]))] });
    },
  };
}
