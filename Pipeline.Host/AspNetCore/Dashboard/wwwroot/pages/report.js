// What a consumer has gathered, such as the flows in its table, as it is now.
import { get, Refused } from '../api.js';
import { h, text } from '../dom.js';
import { count } from '../format.js';
import { table } from '../table.js';

const most = 200;
const between = 2000;

/** Follows the report of a consumer until it is closed. A consumer that gathers nothing is asked once. */
export function report(name) {
  let [timer, isOpen, list, columns] = [0, true, null, ''];
  const note = h('p', { class: 'note' }, 'asking …');
  const root = h('div', {}, note);

  async function read() {
    try {
      const answer = await get(`consumers/${encodeURIComponent(name)}/report?most=${most}`);
      if (!isOpen) return;
      show(answer.instances);
      timer = setTimeout(read, between);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
      text(note, error.status === 409 ? `It reports nothing: ${error.message}` : error.message);
      if (isOpen && error.status !== 409) timer = setTimeout(read, between);
    }
  }

  function show(instances) {
    const parts = instances.map(i => ({ actor: i.actor, lines: i.text.trimEnd().split('\n') }));
    const titles = parts[0]?.lines[0] ?? '';
    if (titles !== columns) {
      columns = titles;
      list?.root.remove();
      list = table(columnsOf(titles.split(',')), { name: `Report of ${name}`, id: row => row.id, empty: 'It has gathered nothing yet.' });
      root.append(list.root);
    }

    text(note, instances.map(i => `${i.actor}: ${count(i.entries)} of ${count(i.total)}`).join(' · '));
    list.update(parts.flatMap(i => i.lines.slice(1).map((line, at) => ({ id: `${i.actor} ${at}`, actor: i.actor, cells: line.split(',') }))));
  }

  read();
  return {
    root,
    close() {
      isOpen = false;
      clearTimeout(timer);
    },
  };
}

/** Numbers sort as numbers, everything else as words. */
function columnsOf(titles) {
  const valueOf = (row, i) => row.cells[i] !== '' && !Number.isNaN(Number(row.cells[i])) ? Number(row.cells[i]) : row.cells[i] ?? '';
  const one = (title, i) => ({ title: title.replaceAll('_', ' '), word: true, cell: row => row.cells[i] ?? '', key: row => valueOf(row, i) });
  return [{ title: 'instance', word: true, cell: row => row.actor, key: row => row.actor }, ...titles.map(one)];
}
