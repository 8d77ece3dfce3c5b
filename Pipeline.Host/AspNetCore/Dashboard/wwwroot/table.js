// Tables that can be sorted and filtered, and whose rows stay the same elements while their figures change.
import { h, text } from './dom.js';

/** A browser lays out a table as a whole, whatever of it can be seen. More rows than these are shown when somebody asks for them. */
const most = 400;

/**
 * columns: { title, word?, cell: row => text or element, key?: row => what to sort by, bad?: row => whether it is to stand out }
 * options: { name, id: row => its name, link?: row => address, empty: words, actions?: row => elements made once for each row,
 *            refresh?: (row, elements) => writes what of them changes }
 */
export function table(columns, options) {
  const rows = new Map();
  let [sortBy, isDown, shown, needle, filtering, isAll] = [-1, false, [], '', 0, false];
  const titles = columns.map((column, i) => {
    const button = h('button', { type: 'button', onclick: () => sort(i) }, column.title);
    return h('th', { scope: 'col', class: column.word ? 'word' : undefined }, column.key ? button : column.title);
  });
  const acts = options.actions ? [h('th', { scope: 'col', class: 'word' }, 'do')] : [];
  const body = h('tbody');
  const empty = h('p', { class: 'empty' }, options.empty);
  const grid = h('table', {}, h('caption', { class: 'unseen' }, options.name), h('thead', {}, h('tr', {}, ...titles, ...acts)), body);
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': options.name }, grid);
  const filter = h('input', { type: 'search', placeholder: 'filter', 'aria-label': `Filter ${options.name}`, oninput: onFilter });
  const more = h('button', { type: 'button', hidden: true, onclick: () => { isAll = true; update(shown); } });
  const root = h('div', { class: 'table' }, options.filter === false ? null : filter, scroll, empty, more);

  /** The letter is painted first, and the rows follow: a thousand of them take longer than a key may. */
  function onFilter() {
    needle = filter.value.toLowerCase();
    clearTimeout(filtering);
    filtering = setTimeout(() => update(shown), 30);
  }

  function sort(i) {
    isDown = sortBy === i ? !isDown : !columns[i].word;
    sortBy = i;
    titles.forEach((title, t) => t === i ? title.setAttribute('aria-sort', isDown ? 'descending' : 'ascending') : title.removeAttribute('aria-sort'));
    update(shown);
  }

  function make(row) {
    const cells = columns.map(column => h('td', { class: column.word ? 'word' : undefined }));
    const made = { cells, row: h('tr', {}, ...cells), now: row };
    if (options.link) made.link = cells[0].appendChild(h('a', { href: options.link(row) }));
    if (options.actions) {
      made.acts = options.actions(() => made.now);
      made.row.append(h('td', { class: 'word acts' }, ...made.acts));
    }
    return made;
  }

  function write(made, row) {
    made.now = row;
    options.refresh?.(row, made.acts);
    columns.forEach((column, i) => {
      const value = column.cell(row);
      const cell = i === 0 && made.link ? made.link : made.cells[i];
      if (typeof value === 'string') text(cell, value);
      else cell.replaceChildren(value);
      made.cells[i].classList.toggle('bad', Boolean(column.bad?.(row)));
    });
  }

  function update(now) {
    shown = now;
    const wanted = now.filter(row => !needle || columns.some(column => `${column.cell(row)?.textContent ?? column.cell(row)}`.toLowerCase().includes(needle)));
    if (sortBy >= 0) wanted.sort((a, b) => compare(columns[sortBy].key(a), columns[sortBy].key(b)) * (isDown ? -1 : 1));
    const kept = new Set();
    const seen = isAll ? wanted : [...wanted.slice(0, most), ...wanted.slice(most).filter(isBad)];
    more.hidden = seen.length === wanted.length;
    text(more, `show ${wanted.length - seen.length} more, in which nothing is wrong`);
    seen.forEach((row, place) => {
      const id = options.id(row);
      kept.add(id);
      if (!rows.has(id)) rows.set(id, make(row));
      const made = rows.get(id);
      write(made, row);
      if (body.rows[place] !== made.row) body.insertBefore(made.row, body.rows[place] ?? null);
    });
    for (const [id, made] of rows) if (!kept.has(id)) { made.row.remove(); rows.delete(id); }
    empty.hidden = wanted.length > 0;
    text(empty, now.length > 0 ? 'nothing matches the filter' : options.empty);
  }

  const isBad = row => columns.some(column => column.bad?.(row));

  /** Marks the row of an entity whose address was asked for, and brings it into view once. */
  function select(id) {
    if (!isAll && !rows.has(id) && shown.some(row => options.id(row) === id)) {
      isAll = true;
      update(shown);
    }
    for (const [key, made] of rows) {
      if (key === id) made.row.setAttribute('aria-current', 'true');
      else made.row.removeAttribute('aria-current');
    }
    rows.get(id)?.row.scrollIntoView({ block: 'nearest' });
    return rows.has(id);
  }

  return { root, update, select };
}

const compare = (a, b) => typeof a === 'string' || typeof b === 'string' ? `${a ?? ''}`.localeCompare(`${b ?? ''}`) : (a ?? -Infinity) - (b ?? -Infinity);
