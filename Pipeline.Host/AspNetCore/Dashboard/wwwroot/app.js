// The shell: which page is shown, the sentence about the whole, how old the figures are, and the keys.
import { keepToken, Refused } from './api.js';
import { demo } from './demo.js';
import { byId, className, h, text } from './dom.js';
import { count, seconds } from './format.js';
import { age, follow, isStale, live, retry } from './live.js';
import { actors } from './pages/actors.js';
import { captures } from './pages/captures.js';
import { cluster } from './pages/cluster.js';
import { consumers } from './pages/consumers.js';
import { events } from './pages/events.js';
import { overview } from './pages/overview.js';
import { paths } from './pages/paths.js';
import { queues } from './pages/queues.js';
import { rules } from './pages/rules.js';

const pages = { overview, queues, rules, consumers, actors, cluster, captures, paths, events };
const names = Object.keys(pages);
let [shown, name] = [null, ''];

/** An address is #/page/entity: every entity has one, and Back works. */
function show() {
  const [, wanted, entity] = location.hash.split('/');
  const next = names.includes(wanted) ? wanted : 'overview';
  if (next !== name) {
    shown?.close?.();
    name = next;
    document.title = `${pages[name].title} · Pipeline`;
    shown = pages[name].open();
    byId('main').replaceChildren(h('h2', { class: 'title' }, pages[name].title), shown.root);
    for (const link of byId('pages').querySelectorAll('a')) {
      if (link.hash === `#/${name}`) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }

  if (live.snapshot) shown.update(live.snapshot);
  shown.select?.(entity ? nameOf(entity) : null);
}

/** An address that somebody typed may have a percent sign that stands for itself. */
function nameOf(entity) {
  try {
    return decodeURIComponent(entity);
  } catch {
    return entity;
  }
}

function onSnapshot(snapshot) {
  if (live.isPaused) return;
  text(byId('node'), snapshot.node ? `on ${snapshot.node}` : '');
  shown.update(snapshot);
  say();
  demo().catch(error => { if (!(error instanceof Refused) && !(error instanceof TypeError)) reportError(error); });
}

/** Where the server refuses every change, what would ask for one cannot be pressed, and says why. Rows may be newer than the snapshot. */
function forbid() {
  const badge = byId('read-only');
  badge.hidden = !live.snapshot?.readOnly;
  if (badge.hidden) return;
  for (const one of document.querySelectorAll('[data-changes]:not(:disabled)')) Object.assign(one, { disabled: true, title: badge.title });
}

/** The headline: how the run is, unless nobody knows, and then that. */
function say() {
  forbid();
  const headline = byId('headline');
  const stale = isStale();
  byId('main').classList.toggle('stale', stale);
  byId('ask').hidden = live.state !== 'denied';
  const at = live.snapshot ? ` These figures are from ${new Date(live.snapshot.sampledAt).toLocaleTimeString(undefined, { hour12: false })}.` : '';
  if (live.state === 'denied') write('bad', 'A token is needed to see this pipeline.');
  else if (live.state === 'stopped') write('bad', `The server has stopped.${at}`);
  else if (stale) write('bad', `No figures for ${seconds(age())}: the server does not answer.${at}`);
  else if (!live.snapshot) write('', 'connecting');
  else if (live.state === 'ended') write(live.snapshot.status.mood, `The run has ended${live.snapshot.status.mood === 'bad' ? `. ${live.snapshot.status.text}` : lost(live.snapshot)}`);
  else write(live.snapshot.status.mood, live.snapshot.status.text + lost(live.snapshot));
  text(byId('freshness'), freshness(stale));

  function write(mood, words) {
    className(headline, mood);
    text(headline, words);
  }
}

/** What was lost before, so that nobody takes a quiet minute for a clean run. */
function lost({ ledger }) {
  const parts = [[ledger.dropped.packets, 'dropped'], [ledger.copies.dropped, 'copies dropped'], [ledger.deviceLost.packets, 'lost by the device']]
    .filter(([packets]) => packets > 0).map(([packets, words]) => `${count(packets)} ${words}`);
  return parts.length > 0 ? `; since the start ${parts.join(', ')}` : '';
}

function freshness(stale) {
  if (live.isPaused) return `View paused for ${seconds((performance.now() - live.pausedAt) / 1000)}; traffic goes on.`;
  if (stale) return live.state === 'lost' ? `Trying again (${live.attempt}).` : 'Stale.';
  const snapshot = live.snapshot;
  return snapshot ? `updated ${age().toFixed(1)} s ago · up ${seconds(snapshot.elapsedSeconds)} · rules generation ${snapshot.generation}` : '';
}

function pause() {
  live.isPaused = !live.isPaused;
  live.pausedAt = performance.now();
  byId('pause').setAttribute('aria-pressed', `${live.isPaused}`);
  text(byId('pause'), live.isPaused ? 'Resume view' : 'Pause view');
  if (!live.isPaused && live.snapshot) onSnapshot(live.snapshot);
  say();
}

function theme() {
  const isDark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = isDark ? 'light' : 'dark';
  localStorage.setItem('pipeline-theme', document.documentElement.dataset.theme);
  shown.repaint?.();
}

const keys = {
  '?': ['this list', () => byId('help').showModal()],
  '/': ['filter the table', () => document.querySelector('main input[type=search]')?.focus()],
  p: ['pause the view; traffic goes on', pause],
  t: ['dark or light', theme],
  ...Object.fromEntries(names.map((page, i) => [`${i + 1}`, [pages[page].title, () => { location.hash = `#/${page}`; }]])),
};

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, textarea, select, dialog')) return;
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key][1]();
});

names.forEach(page => byId('pages').append(h('li', {}, h('a', { href: `#/${page}` }, pages[page].title))));
byId('keys').append(...Object.entries(keys).map(([key, [what]]) => h('tr', {}, h('th', { scope: 'row' }, h('kbd', {}, key)), h('td', { class: 'word' }, what))));
byId('pause').addEventListener('click', pause);
byId('theme').addEventListener('click', theme);
byId('help-open').addEventListener('click', () => byId('help').showModal());
byId('ask').addEventListener('submit', event => {
  event.preventDefault();
  keepToken(byId('token').value);
  live.state = 'connecting';
  say();
  retry();
});
addEventListener('hashchange', show);
show();
say();
setInterval(say, 250);
follow(onSnapshot, say);
