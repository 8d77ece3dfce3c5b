import { get } from '../api.js';
import { h } from '../dom.js';
import { time } from '../format.js';
import { table } from '../table.js';

export const events = { title: 'Events', open };

const most = 500;

function open() {
  let [last, kept, missed, isReading] = [0, [], 0, false];
  const list = table([
    { title: 'when', word: true, cell: e => time(e.when), key: e => e.number },
    { title: 'kind', word: true, cell: e => e.kind, key: e => e.kind },
    { title: 'where', word: true, cell: e => e.where, key: e => e.where },
    { title: 'what', word: true, cell: e => e.words, key: e => e.words },
  ], { name: 'Events', id: e => e.number, empty: 'Nothing has happened yet. Losses, restarts, changes of rules and members of the cluster are told here.' });
  const note = h('p', { class: 'note' });

  return {
    root: h('div', {}, list.root, note),
    async update() {
      if (isReading) return;
      isReading = true;
      try {
        const answer = await get(`events?after=${last}`);
        last = answer.last;
        missed += answer.missed;
        kept = [...answer.events.toReversed(), ...kept].slice(0, most);
        list.update(kept);
        note.textContent = missed > 0 ? `${missed} earlier events are no longer kept.` : '';
      } catch (error) {
        note.textContent = error.message;
      } finally {
        isReading = false;
      }
    },
  };
}
