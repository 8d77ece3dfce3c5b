// The paths of packets: counts first, an example second.
import { get, Refused } from '../api.js';
import { h, text } from '../dom.js';
import { bytes, count, percent } from '../format.js';
import { table } from '../table.js';

export const paths = { title: 'Paths', open };

const between = 4000;

function open() {
  let [timer, isOpen] = [0, true];
  const list = table([
    { title: 'packets', cell: p => count(p.packets), key: p => p.packets },
    { title: 'of all', cell: p => percent(p.packets, p.all), key: p => p.packets },
    { title: 'bytes', cell: p => bytes(p.bytes), key: p => p.bytes },
    { title: 'rule', word: true, cell: ruleOf, key: ruleOf },
    { title: 'mark', word: true, cell: p => p.mark, key: p => p.mark },
    { title: 'consumer', word: true, cell: p => p.consumer ?? '–', key: p => p.consumer ?? '' },
    { title: 'fate', word: true, cell: fateOf, key: fateOf, bad: p => p.fate === 'dropped' },
    { title: 'for example', word: true, cell: p => p.example, key: p => p.example },
  ], { name: 'Paths', id: p => `${ruleOf(p)} ${p.mark} ${p.consumer} ${fateOf(p)}`, empty: 'No packet came in that second.' });
  const note = h('p', { class: 'note' }, 'Counting a second of packets …');

  async function read() {
    try {
      const answer = await get('paths?seconds=1');
      if (!isOpen) return;
      const all = answer.paths.reduce((sum, p) => sum + p.packets, answer.beyond.packets);
      list.update(answer.paths.map(p => ({ ...p, all })));
      text(note, `${count(all)} packets, counted for ${answer.seconds} s${answer.beyond.packets > 0 ? `, ${count(answer.beyond.packets)} of them in paths that there was no room for` : ''}. What a consumer drops later is in its own figures.`);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
      text(note, error.message);
    }
    if (isOpen) timer = setTimeout(read, between);
  }

  read();
  return {
    root: h('div', {}, note, list.root),
    update() {},
    close() {
      isOpen = false;
      clearTimeout(timer);
    },
  };
}

const ruleOf = path => path.keptOut ? 'kept out' : path.rule ?? 'no rule';
const fateOf = path => path.reason ? `${path.fate}: ${path.reason}` : path.fate;
