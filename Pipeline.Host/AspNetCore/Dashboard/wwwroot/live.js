// What the page knows and how old that is. It follows the stream for as long as the page can be seen, and begins anew where that breaks.
import { events, Refused } from './api.js';

/** Twice a second, unless the address says otherwise: /?hz=5#/rules. */
const hertz = Math.min(10, Math.max(0.2, Number(new URLSearchParams(location.search).get('hz')) || 2));

/** After so many intervals without figures, those that are shown are old. */
const patience = 3;

export const live = {
  snapshot: null,
  /** When the last event came, by the clock that no one sets. */
  heard: performance.now(),
  /** 'connecting', 'live', 'lost', 'ended', 'stopped', 'denied' */
  state: 'connecting',
  attempt: 0,
  isPaused: false,
  pausedAt: 0,
};

export const age = () => (performance.now() - live.heard) / 1000;
export const isStale = () => live.state === 'lost' || live.state === 'stopped' || (live.state === 'live' && age() > patience / hertz);

let reading = null;

/** Calls back with every snapshot, and whenever the state changes. Never ends. */
export async function follow(onSnapshot, onState) {
  document.addEventListener('visibilitychange', () => { if (document.hidden) reading?.abort(); });
  for (;;) {
    if (document.hidden) await visible();
    await once(onSnapshot, onState);
    if (live.state === 'ended' || live.state === 'denied') await changed();
    else if (!document.hidden) await pause();
  }
}

async function once(onSnapshot, onState) {
  reading = new AbortController();
  try {
    for await (const { name, data } of events(`stream?hz=${hertz}`, reading.signal)) {
      live.heard = performance.now();
      if (name === 'snapshot') {
        live.attempt = 0;
        live.snapshot = data;
        to(data.atRest ? 'ended' : 'live', onState);
        tell(onSnapshot, data);
      } else if (name === 'bye') {
        to(data.reason === 'ended' ? 'ended' : 'stopped', onState);
        return;
      }
    }
    to('lost', onState);
  } catch (error) {
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) to('denied', onState);
    else if (!document.hidden) to('lost', onState);
  }
}

/** A mistake in a page is the page's, and no loss of the server. */
function tell(onSnapshot, data) {
  try {
    onSnapshot(data);
  } catch (error) {
    reportError(error);
  }
}

function to(state, onState) {
  if (live.state === state) return;
  live.state = state;
  onState();
}

let wake = () => {};

/** A new token was given, or the user asks for it: try again now. */
export const retry = () => wake();

const changed = () => new Promise(resolve => { wake = resolve; });
const visible = () => new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }));
const pause = () => {
  live.attempt++;
  const wait = Math.min(4000, 500 * 2 ** Math.min(live.attempt, 4)) * (0.75 + Math.random() / 2);
  return Promise.race([new Promise(resolve => setTimeout(resolve, wait)), changed()]);
};
