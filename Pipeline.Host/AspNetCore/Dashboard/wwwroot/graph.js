// The way of the packets as a picture: what is upstream stands on the left. Its places come from the layers that the server computed.
import { s } from './dom.js';
import { bitRate, count, packetRate, percent, short } from './format.js';

const [nodeWidth, nodeHeight, rowGap, columnGap, margin] = [178, 66, 18, 96, 8];

/** More siblings than this become one box. */
const mostSiblings = 12;

const troubles = ['paused', 'backing-off', 'failed', 'waiting', 'full', 'open', 'vacant', 'broken', 'lease-over'];

export function graph() {
  const root = s('svg', { class: 'graph', role: 'group', 'aria-label': 'From sources to consumers' });
  let shape = '';
  let parts = new Map();

  return {
    root,
    update(topology) {
      const { nodes, edges } = folded(topology);
      const now = JSON.stringify([nodes.map(n => n.id), edges.map(e => [e.from, e.to, e.mark])]);
      if (now !== shape) {
        parts = draw(root, nodes, edges);
        shape = now;
      }
      for (const node of nodes) write(parts.get(node.id), node);
      for (const edge of edges) writeEdge(parts.get(edgeId(edge)), edge);
    },
  };
}

const edgeId = e => `${e.from} ${e.to} ${e.mark ?? ''}`;

/** Siblings beyond the limit become one node that adds them up. */
function folded({ nodes, edges }) {
  const as = new Map();
  const shown = [];
  for (const [kind, all] of Object.entries(Object.groupBy(nodes, n => n.kind))) {
    if (all.length <= mostSiblings) {
      shown.push(...all);
      continue;
    }
    const sum = { ...all[0], id: `all:${kind}`, name: `${all.length} ${kind}s`, detail: 'see the table', state: undefined, mailbox: undefined };
    sum.rate = add(all.map(n => n.rate));
    [sum.packets, sum.bytes] = [total(all, 'packets'), total(all, 'bytes')];
    sum.dropped = drops(all.map(n => n.dropped));
    sum.lost = drops(all.map(n => n.lost));
    all.forEach(n => as.set(n.id, sum.id));
    shown.push(sum);
  }

  const merged = new Map();
  for (const edge of edges) {
    const moved = { ...edge, from: as.get(edge.from) ?? edge.from, to: as.get(edge.to) ?? edge.to };
    if (moved.from !== edge.from || moved.to !== edge.to) moved.mark = undefined;
    const before = merged.get(edgeId(moved));
    merged.set(edgeId(moved), before ? { ...moved, rate: add([before.rate, moved.rate]), packets: (before.packets ?? 0) + (moved.packets ?? 0), dropped: drops([before.dropped, moved.dropped]) } : moved);
  }
  return { nodes: shown, edges: [...merged.values()] };
}

const total = (all, what) => all.reduce((sum, n) => sum + (n?.[what] ?? 0), 0);
const add = rates => ({ packets: total(rates, 'packets'), bytes: total(rates, 'bytes') });

function drops(all) {
  const reasons = {};
  for (const one of all) for (const [reason, n] of Object.entries(one?.reasons ?? {})) reasons[reason] = (reasons[reason] ?? 0) + n;
  return { packets: total(all.filter(Boolean), 'packets'), reasons };
}

function draw(root, nodes, edges) {
  const places = placesOf(nodes);
  const width = Math.max(...[...places.values()].map(p => p.x)) + nodeWidth + margin;
  const height = Math.max(...[...places.values()].map(p => p.y)) + nodeHeight + margin;
  root.setAttribute('viewBox', `0 0 ${width} ${height}`);
  root.style.maxWidth = `${width * 1.35}px`;
  const parts = new Map();
  const lines = edges.map(edge => {
    const line = s('path', { d: curve(places.get(edge.from), places.get(edge.to)), fill: 'none' });
    const lossy = s('path', { d: curve(places.get(edge.from), places.get(edge.to)), fill: 'none', class: 'lossy' });
    const title = s('title');
    const label = s('text', labelPlace(places.get(edge.from), places.get(edge.to)));
    parts.set(edgeId(edge), { line, lossy, title, label });
    return s('g', { class: 'edge' }, line, lossy, label, title);
  });
  const boxes = nodes.map(node => {
    const { x, y } = places.get(node.id);
    const part = { name: s('text', { x: x + 10, y: y + 20, class: 'name' }), rate: s('text', { x: x + 10, y: y + 38 }), note: s('text', { x: x + 10, y: y + 56, class: 'small' }) };
    part.bar = s('rect', { x, y: y + nodeHeight - 3, height: 3, width: 0, class: 'bar' });
    part.title = s('title');
    part.link = s('a', { href: addressOf(node), class: `node ${node.kind}` }, part.title, s('rect', { x, y, width: nodeWidth, height: nodeHeight, rx: 6 }), part.bar, part.name, part.rate, part.note);
    parts.set(node.id, part);
    return part.link;
  });
  root.replaceChildren(...lines, ...boxes);
  return parts;
}

function placesOf(nodes) {
  const layers = Object.groupBy(nodes, n => n.layer);
  const tallest = Math.max(...Object.values(layers).map(l => l.length));
  const places = new Map();
  Object.keys(layers).map(Number).sort((a, b) => a - b).forEach((layer, column) => {
    const all = layers[layer];
    const top = margin + (tallest - all.length) * (nodeHeight + rowGap) / 2;
    all.forEach((node, row) => places.set(node.id, { x: margin + column * (nodeWidth + columnGap), y: top + row * (nodeHeight + rowGap) }));
  });
  return places;
}

function curve(from, to) {
  const [x1, y1, x2, y2] = [from.x + nodeWidth, from.y + nodeHeight / 2, to.x, to.y + nodeHeight / 2];
  const bend = Math.max(30, (x2 - x1) / 2);
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

const labelPlace = (from, to) => ({ x: to.x - 6, y: to.y + nodeHeight / 2 - 5, 'text-anchor': 'end', class: 'small' });

function addressOf(node) {
  const page = { source: 'queues', queue: 'queues', rules: 'rules', route: 'rules', consumer: 'consumers', node: 'cluster' }[node.kind] ?? 'overview';
  return node.kind === 'consumer' ? `#/consumers/${encodeURIComponent(node.name)}` : `#/${page}`;
}

function write(part, node) {
  const losses = (node.dropped?.packets ?? 0) + (node.lost?.packets ?? 0);
  set(part.name, shorten(node.name, 22));
  set(part.rate, `${packetRate(node.rate)} · ${bitRate(node.rate)}`);
  set(part.note, losses > 0 ? `✗ ${short(losses).trim()} ${node.lost?.packets ? 'lost' : 'dropped'}` : noteOf(node));
  part.bar.setAttribute('width', `${node.mailbox ? Math.min(1, node.mailbox.depth / Math.max(1, node.mailbox.highWater)) * nodeWidth : 0}`);
  part.link.classList.toggle('losing', losses > 0);
  part.link.classList.toggle('troubled', troubles.includes(node.state));
  set(part.title, `${node.kind} ${node.name}: ${count(node.packets)} packets, ${losses > 0 ? `${count(losses)} lost` : 'nothing lost'}. ${node.detail ?? ''}`);
}

function writeEdge(part, edge) {
  const isMoving = edge.rate?.packets > 0;
  part.line.setAttribute('class', `flow${isMoving ? ' moving' : ''}${edge.copy ? ' copy' : ''}`);
  part.line.setAttribute('stroke-width', `${isMoving ? Math.min(8, 1.2 + Math.log10(1 + edge.rate.packets)) : 1}`);
  const lost = edge.dropped?.packets ?? 0;
  part.lossy.setAttribute('stroke-width', `${lost > 0 ? 3 : 0}`);
  set(part.label, lost > 0 ? `✗ ${percent(lost, lost + (edge.packets ?? 0))}` : '');
  set(part.title, `${edge.mark ? `mark ${edge.mark}, ` : ''}${edge.copy ? 'copies, ' : ''}${packetRate(edge.rate)}, ${count(edge.packets)} packets, ${count(lost)} dropped`);
}

function noteOf(node) {
  if (node.state && !['running', 'ended'].includes(node.state)) return node.state;
  if (node.mailbox) return `${count(node.mailbox.depth)} bundles wait`;
  return node.state === 'ended' ? 'ended' : shorten(node.detail ?? '', 26);
}

const set = (element, now) => { if (element.textContent !== now) element.textContent = now; };
const shorten = (words, most) => words.length > most ? `${words.slice(0, most - 1)}…` : words;
