import { act, sure } from '../act.js';
import { post } from '../api.js';
import { h, text } from '../dom.js';
import { count, microseconds, packetRate, reasons } from '../format.js';
import { table } from '../table.js';
import { report } from './report.js';
import { released } from './released.js';

export const consumers = { title: 'Consumers', open };

const path = (consumer, verb) => `consumers/${encodeURIComponent(consumer.name)}/${verb}`;
const paused = consumer => consumer.instances.length > 0 && consumer.instances.every(i => i.state === 'paused');

function open() {
  let [selected, following] = [null, null];
  const groups = table([
    { title: 'consumer', word: true, cell: c => c.name, key: c => c.name },
    { title: 'kind', word: true, cell: c => c.kind, key: c => c.kind },
    { title: 'instances', word: true, cell: statesOf, key: statesOf, bad: c => isPassedBy(c) || c.instances.some(i => i.state === 'failed' || i.state === 'backing-off') },
    { title: 'packets', cell: c => count(c.packets), key: c => c.packets },
    { title: 'rate', cell: c => packetRate(c.rate), key: c => c.rate.packets },
    { title: 'dropped', cell: c => reasons(c.dropped), key: c => c.dropped.packets, bad: c => c.dropped.packets > 0 },
    { title: 'copies dropped', cell: c => count(c.copies.dropped), key: c => c.copies.dropped, bad: c => c.copies.dropped > 0 },
    { title: 'copies ended', cell: c => count(c.copies.released), key: c => c.copies.released },
    { title: 'restarts', cell: c => count(c.restarts), key: c => c.restarts, bad: c => c.restarts > 0 },
  ], { name: 'Consumers', id: c => c.name, link: c => `#/consumers/${encodeURIComponent(c.name)}`, empty: 'No consumer.', actions, refresh });
  const instances = table([
    { title: 'instance', word: true, cell: i => i.actor, key: i => i.actor },
    { title: 'state', word: true, cell: i => i.state + (i.lastFailure ? `: ${i.lastFailure}` : ''), key: i => i.state, bad: i => Boolean(i.lastFailure) },
    { title: 'bundles waiting', cell: i => count(i.mailbox.depth), key: i => i.mailbox.depth },
    { title: 'most', cell: i => count(i.mailbox.highWater), key: i => i.mailbox.highWater },
    { title: 'oldest', cell: i => microseconds(i.mailbox.oldestMicroseconds), key: i => i.mailbox.oldestMicroseconds },
    { title: 'handoff p50', cell: i => microseconds(i.handoff.p50Microseconds), key: i => i.handoff.p50Microseconds },
    { title: 'p99', cell: i => microseconds(i.handoff.p99Microseconds), key: i => i.handoff.p99Microseconds },
    { title: 'p99.9', cell: i => microseconds(i.handoff.p999Microseconds), key: i => i.handoff.p999Microseconds },
    { title: 'restarts', cell: i => count(i.restarts), key: i => i.restarts },
  ], { name: 'Instances', id: i => i.actor, empty: 'No instance runs here.' });
  const words = h('p');
  const flows = released();
  const detail = h('section', { hidden: true, 'aria-label': 'One consumer' });
  return {
    root: h('div', {}, groups.root, h('h3', {}, 'Instances'), instances.root, flows.root, detail),
    update(snapshot) {
      groups.update(snapshot.consumers.map(c => ({ ...c, routes: snapshot.routes.filter(r => r.to === c.name) })));
      instances.update(snapshot.consumers.flatMap(c => c.instances));
      flows.update(snapshot);
      const consumer = snapshot.consumers.find(c => c.name === selected);
      detail.hidden = !consumer;
      if (consumer) describe(words, consumer);
    },
    select(name) {
      if (selected === name) return;
      selected = name;
      following?.close();
      following = null;
      detail.hidden = true;
      const ask = h('button', { type: 'button', onclick: () => {
        following = report(name);
        ask.replaceWith(following.root);
      } }, 'Report');
      detail.replaceChildren(h('h3', {}, name ?? ''), words, ask);
    },
    close: () => following?.close(),
  };
}

const isPassedBy = c => c.routes.some(r => r.breaker?.open);
const statesOf = c => instancesOf(c) + (isPassedBy(c) ? ', its route is open' : '');
const instancesOf = c => Object.entries(Object.groupBy(c.instances, i => i.state)).map(([state, all]) => `${all.length} ${state}`).join(', ') || 'none here';

function actions(now) {
  const button = (title, work) => h('button', { type: 'button', 'data-changes': '', onclick: work }, title);
  const instances = h('input', { type: 'number', 'data-changes': '', min: '1', max: '64', 'aria-label': 'instances', class: 'few' });
  return [
    button('pause', () => {
      const verb = paused(now()) ? 'resume' : 'pause';
      return act(`${now().name}: ${verb}d`, () => post(path(now(), verb)));
    }),
    button('close breaker', () => act(`${now().name}: gets its packets again`, () => post(path(now(), 'close-breaker')))),
    button('restart', async () => {
      if (await sure(`Restart ${now().name}?`, 'Its handlers are made anew. Packets wait in its mailboxes meanwhile.', 'Restart'))
        await act(`${now().name}: restarted`, () => post(path(now(), 'restart')));
    }),
    instances,
    button('scale', () => act(`${now().name}: has ${instances.value} instances`, () => post(`${path(now(), 'scale')}?instances=${encodeURIComponent(instances.value || now().instances.length)}`))),
  ];
}

function refresh(consumer, [toggle, breaker, , instances]) {
  text(toggle, paused(consumer) ? 'resume' : 'pause');
  breaker.hidden = !isPassedBy(consumer);
  instances.placeholder = `${consumer.instances.length}`;
}

/** What a consumer counts and notes. */
function describe(words, consumer) {
  const counters = Object.entries(consumer.counters).map(([name, value]) => `${name} ${count(value)}`);
  text(words, [...counters, ...consumer.notes, consumer.failure].filter(Boolean).join(' · ') || 'It counts nothing of its own.');
}
