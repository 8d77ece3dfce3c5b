import { bytes, bitRate, count, microseconds, packetRate, percent, reasons } from '../format.js';
import { h } from '../dom.js';
import { table } from '../table.js';

export const queues = { title: 'Queues', open };

function open() {
  const received = table([
    { title: 'queue', word: true, cell: q => q.name, key: q => q.name },
    { title: 'packets', cell: q => count(q.packets), key: q => q.packets },
    { title: 'rate', cell: q => packetRate(q.rate), key: q => q.rate.packets },
    { title: 'bit rate', cell: q => bitRate(q.rate), key: q => q.rate.bytes },
    { title: 'mean size', cell: q => q.packets ? bytes(q.bytes / q.packets) : '–', key: q => q.bytes / q.packets },
    { title: 'packets to a bundle', cell: q => q.bundles ? (q.packets / q.bundles).toFixed(1) : '–', key: q => q.packets / q.bundles },
    { title: 'of all', cell: q => percent(q.packets, q.all), key: q => q.packets },
    { title: 'lost by the device', cell: q => reasons(q.deviceLost), key: q => q.deviceLost.packets, bad: q => q.deviceLost.packets > 0 },
    { title: 'waits for its router', cell: q => count(q.router?.mailbox.depth), key: q => q.router?.mailbox.depth },
    { title: 'most', cell: q => count(q.router?.mailbox.highWater), key: q => q.router?.mailbox.highWater },
    { title: 'router', word: true, cell: q => q.router?.waits ? 'waits for room in a route' : 'runs', key: q => `${q.router?.waits}`, bad: q => q.router?.waits },
  ], { name: 'Queues', id: q => q.name, empty: 'No queue: this node receives no packets.' });
  const pools = table([
    { title: 'pool', word: true, cell: p => p.name, key: p => p.name },
    { title: 'pages out', cell: p => count(p.pagesOut), key: p => p.pagesOut },
    { title: 'pages', cell: p => count(p.pages), key: p => p.pages },
    { title: 'out', cell: p => percent(p.pagesOut, p.pages), key: p => p.pagesOut / p.pages },
    { title: 'page', cell: p => bytes(p.pageBytes), key: p => p.pageBytes },
    { title: 'memory', cell: p => bytes(p.pageBytes * p.pages), key: p => p.pageBytes * p.pages },
  ], { name: 'Pools', id: p => p.name, empty: 'No pool.', filter: false });
  const skew = h('p', { class: 'note' });
  const handoff = h('p', { class: 'note' });

  return {
    root: h('div', {}, received.root, skew, h('h3', {}, 'Pools'), pools.root, handoff),
    update(snapshot) {
      const all = snapshot.ledger.received.packets;
      received.update(snapshot.queues.map(q => ({ ...q, all, router: snapshot.routers.find(r => r.queue === q.name) })));
      pools.update(snapshot.pools);
      skew.textContent = skewOf(snapshot.queues);
      const { p50Microseconds, p99Microseconds } = snapshot.handoff;
      handoff.textContent = `From the router's first packet of a bundle to its consumer: half within ${microseconds(p50Microseconds)}, 99 of 100 within ${microseconds(p99Microseconds)}.`;
    },
  };
}

/** Receive-side scaling that deals badly is the usual reason why one CPU drops while others idle. */
function skewOf(queues) {
  if (queues.length < 2) return '';
  const rates = queues.map(q => q.rate.packets);
  const mean = rates.reduce((a, b) => a + b, 0) / rates.length;
  if (mean === 0) return '';
  const skew = Math.max(...rates) / mean;
  return `The fullest queue gets ${skew.toFixed(2)} times the mean.` + (skew > 3 ? ' See ethtool -x and -X for how the NIC deals flows to queues.' : '');
}
