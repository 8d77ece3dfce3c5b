import { get } from '../api.js';
import { h, text } from '../dom.js';
import { count, microseconds } from '../format.js';
import { table } from '../table.js';

export const actors = { title: 'Actors', open };

function open() {
  let [isReading, selected] = [false, null];
  const note = h('p', { class: 'note' });
  const tree = table([
    { title: 'actor', word: true, cell: a => h('span', { class: `depth${Math.min(a.depth, 6)}` }, a.name), key: a => a.path },
    { title: 'kind', word: true, cell: a => a.kind, key: a => a.kind },
    { title: 'state', word: true, cell: a => a.state, key: a => a.state, bad: a => a.state === 'failed' || a.state === 'backing-off' },
    { title: 'does', word: true, cell: a => a.does, key: a => a.does },
    { title: 'waiting', cell: a => count(a.mailbox?.depth), key: a => a.mailbox?.depth },
    { title: 'most', cell: a => count(a.mailbox?.highWater), key: a => a.mailbox?.highWater },
    { title: 'oldest', cell: a => microseconds(a.mailbox?.oldestMicroseconds), key: a => a.mailbox?.oldestMicroseconds },
    { title: 'bundles', cell: a => count(a.bundles), key: a => a.bundles },
    { title: 'restarts', cell: a => count(a.restarts), key: a => a.restarts, bad: a => a.restarts > 0 },
    { title: 'last exception', word: true, cell: a => a.lastFailure ?? '–', key: a => a.lastFailure ?? '', bad: a => Boolean(a.lastFailure) },
    { title: 'dispatcher', word: true, cell: a => a.dispatcher, key: a => a.dispatcher },
    { title: 'CPU', cell: a => count(a.cpu), key: a => a.cpu },
  ], { name: 'Actors', id: idOf, link: a => `#/actors/${encodeURIComponent(idOf(a))}`, empty: 'No actor runs.' });
  return {
    root: h('div', {}, tree.root, note),
    async update() {
      if (isReading) return;
      isReading = true;
      try {
        const answer = await get('actors');
        tree.update(answer.actors.map(withPlace));
        if (selected && tree.select(selected)) selected = null;
        text(note, `${answer.words}. A dash stands for what is not counted.`);
      } catch (error) {
        text(note, error.message);
      } finally {
        isReading = false;
      }
    },
    select(id) {
      selected = id;
    },
  };
}

const idOf = actor => `${actor.system} ${actor.path}`;

const withPlace = actor => {
  const parts = actor.path.split('/').filter(Boolean);
  return { ...actor, depth: parts.length - 1, name: parts.at(-1) ?? actor.path };
};
