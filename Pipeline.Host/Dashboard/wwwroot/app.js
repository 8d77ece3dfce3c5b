// @ts-check
// The page: follows /api/v1/stream and writes each snapshot into the tables. Text only ever goes in as text, never as markup.

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const count = (/** @type {number} */ n) => grouped.format(n).replaceAll(',', '\u202f');
/** A number with the prefix of its thousands: 8 030 is 8.03 k. */
function short(/** @type {number} */ n) {
  const step = n < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(n) / 3));
  return `${digits.format(n / 1000 ** step)} ${['', 'k', 'M', 'G', 'T'][step]}`;
}

const rate = (/** @type {{packets: number, bytes: number}} */ r) => `${short(r.packets)}pkt/s`;
const bits = (/** @type {{packets: number, bytes: number}} */ r) => `${short(r.bytes * 8)}bit/s`;
const microseconds = (/** @type {number | undefined} */ us) => us === undefined ? '–' : us < 1000 ? `${digits.format(us)} µs` : `${digits.format(us / 1000)} ms`;
const reasons = (/** @type {{packets: number, reasons: Record<string, number>}} */ d) =>
  d.packets === 0 ? '0' : `${count(d.packets)} (${Object.entries(d.reasons).map(([reason, n]) => `${reason} ${count(n)}`).join(', ')})`;

/** Columns of each table: a title, whether it holds words, and the cell of a row. */
const tables = {
  queues: [
    ['queue', true, (/** @type {any} */ q) => q.name],
    ['packets', false, q => count(q.packets)],
    ['rate', false, q => rate(q.rate)],
    ['bit rate', false, q => bits(q.rate)],
    ['lost by the device', false, q => reasons(q.deviceLost)],
  ],
  rules: [
    ['rule', true, r => r.name],
    ['mark', true, r => r.mark],
    ['packets', false, r => count(r.packets)],
    ['rate', false, r => rate(r.rate)],
    ['bit rate', false, r => bits(r.rate)],
  ],
  routes: [
    ['mark', true, r => r.mark ?? 'all'],
    ['to', true, r => r.to + (r.copy ? ' (copy)' : '')],
    ['beyond its share', true, r => r.overload],
    ['packets', false, r => count(r.packets)],
    ['rate', false, r => rate(r.rate)],
    ['dropped', false, r => reasons(r.dropped)],
    ['pages held / share', false, r => `${r.pagesHeld} / ${r.pagesLimit}`],
  ],
  consumers: [
    ['consumer', true, c => c.name],
    ['kind', true, c => c.kind],
    ['packets', false, c => count(c.packets)],
    ['bytes', false, c => count(c.bytes)],
    ['bundles', false, c => count(c.bundles)],
    ['rate', false, c => rate(c.rate)],
    ['dropped', false, c => reasons(c.dropped)],
    ['restarts', false, c => count(c.restarts)],
  ],
  instances: [
    ['actor', true, i => i.actor],
    ['state', true, i => i.state + (i.lastFailure ? `: ${i.lastFailure}` : '')],
    ['waiting', false, i => count(i.mailbox.depth)],
    ['most', false, i => count(i.mailbox.highWater)],
    ['handoff p50', false, i => microseconds(i.handoff.p50Microseconds)],
    ['p99', false, i => microseconds(i.handoff.p99Microseconds)],
    ['p99.9', false, i => microseconds(i.handoff.p999Microseconds)],
  ],
};

function fill(id, rows) {
  const table = /** @type {HTMLTableElement} */ (byId(id));
  const columns = tables[id];
  if (!table.tHead) {
    const head = table.createTHead().insertRow();
    for (const [title, isWord] of columns) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = title;
      if (isWord) cell.className = 'word';
      head.append(cell);
    }
    table.createTBody();
  }

  const body = table.tBodies[0];
  const wanted = Math.max(rows.length, 1);
  while (body.rows.length > wanted) body.deleteRow(-1);
  while (body.rows.length < wanted) body.insertRow();
  if (rows.length === 0) {
    body.rows[0].replaceChildren();
    const none = body.rows[0].insertCell();
    none.colSpan = columns.length;
    none.className = 'none';
    none.textContent = 'none';
    return;
  }

  rows.forEach((row, r) => {
    const cells = body.rows[r].cells;
    if (cells.length !== columns.length) {
      body.rows[r].replaceChildren();
      for (const [, isWord] of columns) body.rows[r].insertCell().className = isWord ? 'word' : '';
    }
    columns.forEach(([, , text], c) => {
      const now = text(row);
      if (cells[c].textContent !== now) cells[c].textContent = now;
    });
  });
}

function show(snapshot) {
  const books = snapshot.ledger;
  const verdict = document.createElement('span');
  verdict.className = books.balanced ? 'good' : 'bad';
  verdict.textContent = books.balanced ? '✓ balanced' : '✗ NOT BALANCED';
  byId('ledger').replaceChildren(
    `received ${count(books.received.packets)} = delivered ${count(books.delivered.packets)} + passed ${count(books.passed.packets)}`
    + ` + dropped ${reasons(books.dropped)} + in flight ${count(books.inFlight.packets)} `, verdict);
  byId('about').textContent =
    `up ${count(snapshot.elapsedSeconds)} s, rules generation ${snapshot.generation}`;
  byId('status').className = snapshot.status.mood;
  byId('status').textContent = snapshot.status.text;
  fill('queues', snapshot.queues);
  fill('rules', [...snapshot.rules, { name: 'unmatched', mark: '–', ...snapshot.unmatched }]);
  fill('routes', snapshot.routes);
  fill('consumers', snapshot.consumers);
  fill('instances', snapshot.consumers.flatMap(c => c.instances));
}

function say(text, isFresh) {
  byId('connection').textContent = text;
  byId('main').classList.toggle('stale', !isFresh);
}

// --- the stream. fetch and not EventSource, because only that can send a token.

const key = 'pipeline-read-token';
/** @type {AbortController | null} */
let reading = null;
let heard = 0;

/** Events of a stream, each with its name and its data. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += value;
    const parts = held.split('\n\n');
    held = parts.pop() ?? '';
    for (const part of parts) {
      const fields = Object.fromEntries(part.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
      if (fields.event) yield { name: fields.event, data: JSON.parse(fields.data) };
    }
  }
}

/** @returns {Promise<boolean>} whether to try again */
async function follow() {
  const token = sessionStorage.getItem(key);
  reading = new AbortController();
  const answer = await fetch('api/v1/stream?hz=2', { headers: token ? { Authorization: `Bearer ${token}` } : {}, signal: reading.signal });
  if (answer.status === 401) {
    say('a token is needed', false);
    byId('ask').hidden = false;
    return false;
  }
  if (!answer.ok || !answer.body) throw new Error(`${answer.status}`);

  for await (const { name, data } of events(answer.body)) {
    heard = Date.now();
    if (name === 'snapshot') {
      show(data);
      say('live', true);
    }
    if (name === 'bye') {
      say(data.reason === 'ended' ? 'the run has ended; these are its last figures' : 'the server is stopping', data.reason === 'ended');
      if (data.reason === 'ended') {
        heard = 0;
        return false;
      }
    }
  }
  return true;
}

async function run() {
  for (let again = true; again && !document.hidden;) {
    try {
      again = await follow();
    } catch {
      if (!document.hidden) say('no connection; trying again', false);
    }
    if (again) await new Promise(resolve => setTimeout(resolve, 2000));
  }
}

let running = run();

// A browser has six connections to a server: a tab that nobody sees gives its own back.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) reading?.abort();
  else running = running.then(run);
});

byId('ask').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem(key, /** @type {HTMLInputElement} */ (byId('token')).value);
  byId('ask').hidden = true;
  running = running.then(run);
});

setInterval(() => {
  if (heard > 0 && Date.now() - heard > 6000) byId('main').classList.add('stale');
}, 1000);
