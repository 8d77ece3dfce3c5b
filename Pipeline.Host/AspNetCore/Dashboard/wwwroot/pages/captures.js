import { act } from '../act.js';
import { download, drop, get, post } from '../api.js';
import { h, text } from '../dom.js';
import { bytes, count, time } from '../format.js';
import { table } from '../table.js';

export const captures = { title: 'Captures', open };

function open() {
  let isReading = false;
  const note = h('p', { class: 'note' });
  const list = table([
    { title: 'capture', word: true, cell: c => c.id, key: c => c.id },
    { title: 'at', word: true, cell: c => c.at, key: c => c.at },
    { title: 'filter', word: true, cell: c => c.filter || 'everything', key: c => c.filter ?? '' },
    { title: 'state', word: true, cell: c => c.tap ? `${c.state}, a tap` : c.state, key: c => c.state },
    { title: 'packets', cell: c => count(c.packets), key: c => c.packets },
    { title: 'bytes', cell: c => bytes(c.bytes), key: c => c.bytes },
    { title: 'missed', cell: c => count(c.missed), key: c => c.missed, bad: c => c.missed > 0 },
    { title: 'since', word: true, cell: c => time(c.startedAt), key: c => c.startedAt },
    { title: 'who', word: true, cell: c => c.who, key: c => c.who },
  ], { name: 'Captures', id: c => c.id, empty: 'No capture. Start one below; the pipeline loses nothing by it.', filter: false, actions: now => [
    h('button', { type: 'button', onclick: () => act(`${now().id} is downloaded`, () => download(`captures/${now().id}`, `${now().id}.pcapng`)) }, 'download'),
    h('button', { type: 'button', onclick: () => act('copied', () => navigator.clipboard.writeText(commandOf(now()))) }, 'copy command'),
    h('button', { type: 'button', 'data-changes': '', onclick: () => act(`${now().id} is gone`, () => drop(`captures/${now().id}`)) }, 'stop and forget'),
  ] });
  const form = start();

  return {
    root: h('div', {}, list.root, note, form.root),
    async update(snapshot) {
      form.update(snapshot);
      if (isReading) return;
      isReading = true;
      try {
        list.update((await get('captures')).captures);
        text(note, 'A capture is kept until it is fetched, for ten minutes at most.');
      } catch (error) {
        text(note, error.message);
      } finally {
        isReading = false;
      }
    },
  };
}

/** For a terminal, where Wireshark is at home. */
const commandOf = capture => `curl -sN ${new URL(`api/v1/captures/${capture.id}`, location.href.split('#')[0])} | wireshark -k -i -`;

function start() {
  const at = h('select', { id: 'capture-at' });
  const field = (name, words, properties) => [h('label', { for: `capture-${name}` }, words), h('input', { id: `capture-${name}`, ...properties })];
  const number = (name, words, most, usual) => field(name, words, { type: 'number', min: '1', max: `${most}`, placeholder: `${usual}`, class: 'few' });
  const value = name => document.getElementById(`capture-${name}`).value.trim();
  const begin = async event => {
    event.preventDefault();
    const wanted = { at: at.value, filter: value('filter') || undefined };
    for (const name of ['packets', 'seconds', 'snaplen']) if (value(name)) wanted[name] = Number(value(name));
    await act('the capture runs', () => post('captures', JSON.stringify(wanted)));
  };
  const root = h('form', { class: 'start', 'aria-label': 'Start a capture', onsubmit: begin }, h('h3', {}, 'Start one'),
    h('div', { class: 'acts' },
      h('label', { for: 'capture-at' }, 'of packets'), at,
      ...field('filter', 'that match', { type: 'text', placeholder: 'tcp port 443', spellcheck: 'false' }),
      ...number('packets', 'at most', 1000000, '10 000'), 'packets,',
      ...number('seconds', 'for', 3600, '60'), 's,',
      ...number('snaplen', 'bytes of each', 262144, 'all'),
      h('button', { type: 'submit', class: 'strong', 'data-changes': '' }, 'Start')));
  let shape = '';

  return {
    root,
    update(snapshot) {
      const points = [['received', 'received'], ...snapshot.rules.map(r => [`rule:${r.name}`, `matched by rule ${r.name}`]),
        ...[...new Set(snapshot.routes.map(r => r.to))].map(to => [`route:${to}`, `on a route to ${to}`]), ['dropped', 'dropped by a router']];
      if (`${points}` === shape) return;
      shape = `${points}`;
      const kept = at.value;
      at.replaceChildren(...points.slice(0, 500).map(([point, words]) => h('option', { value: point }, words)));
      if (kept) at.value = kept;
    },
  };
}
