import { act, sure } from '../act.js';
import { get, post, put, Refused } from '../api.js';
import { h, text } from '../dom.js';
import { bitRate, count, packetRate, percent, time } from '../format.js';
import { live } from '../live.js';
import { table } from '../table.js';
import { editor } from './editor.js';
import { explain, trials } from './trials.js';

export const rules = { title: 'Rules', open };

function open() {
  const counters = table([
    { title: 'order', cell: r => count(r.order), key: r => r.order },
    { title: 'rule', word: true, cell: r => r.name, key: r => r.name },
    { title: 'mark', word: true, cell: r => r.mark, key: r => r.mark },
    { title: 'to', word: true, cell: r => r.to ?? '–', key: r => r.to ?? '' },
    { title: 'packets', cell: r => count(r.packets), key: r => r.packets },
    { title: 'of all', cell: r => percent(r.packets, r.all), key: r => r.packets },
    { title: 'rate', cell: r => packetRate(r.rate), key: r => r.rate.packets },
    { title: 'bit rate', cell: r => bitRate(r.rate), key: r => r.rate.bytes },
    { title: 'note', word: true, cell: r => r.note, key: r => r.note, bad: r => r.note !== '' },
  ], { name: 'Rules', id: r => r.name, empty: 'No rule: every packet goes the way of those that no rule matches.' });
  const routes = table([
    { title: 'mark', word: true, cell: r => r.mark ?? 'all', key: r => r.mark ?? '' },
    { title: 'to', word: true, cell: r => r.to + (r.copy ? ' (copy)' : ''), key: r => r.to },
    { title: 'beyond its share', word: true, cell: r => r.overload, key: r => r.overload },
    { title: 'breaker', word: true, cell: breakerOf, key: breakerOf, bad: r => r.breaker?.open },
    { title: 'packets', cell: r => count(r.packets), key: r => r.packets },
    { title: 'rate', cell: r => packetRate(r.rate), key: r => r.rate.packets },
    { title: 'dropped', cell: r => `${count(r.dropped.packets)}${r.dropped.packets ? ` (${Object.keys(r.dropped.reasons).join(', ')})` : ''}`, key: r => r.dropped.packets, bad: r => r.dropped.packets > 0 },
    { title: 'pages held', cell: r => `${count(r.pagesHeld)} of ${count(r.pagesLimit)}`, key: r => r.pagesHeld },
  ], { name: 'Routes', id: r => `${r.mark ?? 'all'} ${r.to} ${r.copy}`, empty: 'No route.', filter: false });
  const past = history(number => draft.show(number));
  const draft = editor({ changed: () => past.read() });
  const trial = trials({ draft: () => draft.text(), list: found => draft.list(found) });
  let generation = 0;

  return {
    root: h('div', {}, counters.root, h('h3', {}, 'Routes'), routes.root, draft.root, trial.root, explain(), h('h3', {}, 'History'), past.root),
    update(snapshot) {
      const all = snapshot.ledger.received.packets;
      const hidden = draft.shadowed();
      const rows = snapshot.rules.map((r, i) => ({ ...r, order: i + 1, all, to: wayOf(r.mark, snapshot.routes), note: noteOf(r, snapshot, hidden) }));
      counters.update([...rows, { name: 'no rule', mark: '–', all, note: '', to: wayOf('0x0', snapshot.routes), ...snapshot.unmatched }]);
      routes.update(snapshot.routes);
      draft.tick();
      if (snapshot.generation === generation) return;
      generation = snapshot.generation;
      draft.load();
      past.read();
    },
    close() {
      draft.close();
      trial.close();
    },
  };
}

/** Where a mark goes in the end: the first route that takes it and is no copy. */
function wayOf(mark, routes) {
  const value = BigInt(mark.split('/')[0]);
  const takes = route => {
    if (!route.mark) return true;
    const [wanted, mask = '0xffffffff'] = route.mark.split('/');
    return (value & BigInt(mask)) === BigInt(wanted);
  };
  const copies = routes.filter(r => r.copy && takes(r)).map(r => `${r.to} (copy)`);
  const final = routes.find(r => !r.copy && takes(r));
  return [...copies, final?.to].filter(Boolean).join(', ');
}

/** Whether a route's packets go past its consumer, and for how long. */
function breakerOf({ breaker }) {
  if (!breaker) return '–';
  if (breaker.open) return `open, ${breaker.pauseSeconds ? `for ${breaker.pauseSeconds} s` : 'until closed'}`;
  return breaker.openings ? `closed, was open ${count(breaker.openings)}×` : 'closed';
}

function noteOf(rule, snapshot, hidden) {
  if (hidden.has(rule.name)) return hidden.get(rule.name);
  return rule.packets === 0 && snapshot.elapsedSeconds > 10 ? 'never hit' : '';
}

function history(show) {
  const list = table([
    { title: 'generation', cell: g => count(g.generation), key: g => g.generation },
    { title: 'when', word: true, cell: g => time(g.when), key: g => g.when },
    { title: 'who', word: true, cell: g => g.who, key: g => g.who },
    { title: 'from', word: true, cell: g => g.source, key: g => g.source },
    { title: 'rules', cell: g => count(g.rules), key: g => g.rules },
    { title: '', word: true, cell: noteOnGeneration },
  ], { name: 'History of rules', id: g => g.generation, empty: 'No generation.', filter: false, actions: now => [
    h('button', { type: 'button', onclick: () => show(now()) }, 'show'),
    h('button', { type: 'button', 'data-changes': '', onclick: () => back(now()) }, 'go back to it'),
  ] });
  const back = async entry => {
    if (!await sure(`Go back to generation ${entry.generation}?`, `Its ${entry.rules} rules come in force as a new generation. No packet is lost by it.`, 'Go back')) return;
    await act(`the rules of generation ${entry.generation} are in force again`, () => post(`rules/rollback/${entry.generation}`));
    read();
  };
  async function read() {
    try {
      list.update((await get('rules/history')).generations);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return { root: list.root, read };
}

const noteOnGeneration = g => [
  g.generation === live.snapshot?.generation ? 'in force' : '',
  g.rollbackTo ? `the text of ${g.rollbackTo}` : '',
  g.isStartup ? 'read at the next start' : '',
].filter(Boolean).join(', ');
