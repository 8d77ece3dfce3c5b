// The flows that consumers have seen enough of, below the consumers.
import { act } from '../act.js';
import { drop, get } from '../api.js';
import { h, text } from '../dom.js';
import { count, seconds, time } from '../format.js';
import { table } from '../table.js';

/** The list is read no more often than this, in milliseconds: it is sorted anew each time. */
const pause = 1000;

export function released() {
  let [isReading, last] = [false, -pause];
  const note = h('p', { class: 'note' });
  const list = table([
    { title: 'flow', word: true, cell: f => f.flow, key: f => f.flow },
    { title: 'released by', word: true, cell: f => f.consumers.join(', '), key: f => f.consumers.join() },
    { title: 'since', word: true, cell: f => time(f.since), key: f => f.since },
    { title: 'seen', cell: f => f.seen > 0 ? count(f.seen) : '', key: f => f.seen },
    { title: 'to the stack', cell: f => count(f.passed.packets), key: f => f.passed.packets },
    { title: 'copies ended', cell: f => count(f.copies.packets), key: f => f.copies.packets },
    { title: 'late', cell: f => count(f.late.packets), key: f => f.late.packets },
    { title: 'ends in', cell: f => seconds(f.endsInSeconds), key: f => f.endsInSeconds },
  ], { name: 'Released flows', id: f => f.id, empty: 'No flow is released.', actions: now => [
    h('button', { type: 'button', 'data-changes': '', onclick: () => act(`${now().flow}: comes again`, () => drop(`released/${now().id}`)) }, 'take back'),
  ] });
  const root = h('section', { hidden: true, 'aria-label': 'Released flows' }, h('h3', {}, 'Released flows'), list.root, note);

  return {
    root,
    async update(snapshot) {
      if (snapshot.released.flows > 0) root.hidden = false;
      if (root.hidden || isReading || performance.now() - last < pause) return;
      isReading = true;
      try {
        const answer = await get('released');
        list.update(answer.latest);
        const refused = answer.refused > 0 ? `, ${count(answer.refused)} found no room` : '';
        text(note, `${count(answer.flows)} of ${count(answer.capacity)} flows are released${refused}. The latest ${count(answer.latest.length)} are shown.`);
      } catch (error) {
        text(note, error.message);
      } finally {
        isReading = false;
        last = performance.now();
      }
    },
  };
}
