// Rules on trial: what others would do to the packets that flow now, and what those in force do to one packet.
import { act, tell } from '../act.js';
import { drop, get, post, Refused } from '../api.js';
import { h, text } from '../dom.js';
import { count, time } from '../format.js';
import { table } from '../table.js';

const watching = 2000;

/** How long a dry run is shown before the rules in shadow are again. */
const reading = 15_000;

/** Dry runs and the rules in shadow. `draft` gives the text of the editor, `list` shows what is wrong with it. */
export function trials({ draft, list }) {
  let [timer, turn, isOpen, readUntil] = [0, 0, true, 0];
  const words = h('p', { class: 'note', role: 'status' });
  const try1 = h('button', { type: 'button', onclick: dryRun }, 'Dry run for a second');
  const shadow = h('button', { type: 'button', onclick: begin }, 'Put in shadow');
  const end = h('button', { type: 'button', hidden: true, onclick: finish }, 'Take out of shadow');
  const shifts = table([
    { title: 'packets', cell: s => count(s.packets), key: s => s.packets },
    { title: 'now: rule', word: true, cell: s => ruleOf(s.before), key: s => ruleOf(s.before) },
    { title: 'mark', word: true, cell: s => s.before.mark, key: s => s.before.mark },
    { title: 'way', word: true, cell: s => s.before.route, key: s => s.before.route },
    { title: 'then: rule', word: true, cell: s => ruleOf(s.after), key: s => ruleOf(s.after) },
    { title: 'mark', word: true, cell: s => s.after.mark, key: s => s.after.mark },
    { title: 'way', word: true, cell: s => s.after.route, key: s => s.after.route, bad: s => s.after.route !== s.before.route },
    { title: 'for example', word: true, cell: s => s.example, key: s => s.example },
  ], { name: 'What would change', id: s => JSON.stringify([s.before, s.after]), empty: 'No packet would go another way or carry another mark.', filter: false });
  const findings = h('div', { hidden: true }, words, shifts.root);
  const root = h('section', { 'aria-label': 'Trial' }, h('h3', {}, 'Try'),
    h('p', { class: 'note' }, 'The rules above judge the packets that flow now, beside those in force, and change none.'),
    h('div', { class: 'acts' }, try1, shadow, end), findings);

  async function dryRun() {
    await sent(try1, async () => {
      show(await post('rules/dry-run?source=page', draft(), 'text/plain'), 'in a second');
      readUntil = performance.now() + reading;
    });
  }

  async function begin() {
    await sent(shadow, async () => {
      readUntil = 0;
      show(await post('rules/shadow?source=page', draft(), 'text/plain'));
      tell('The rules are in shadow: they judge, and change nothing.');
      watch();
    });
  }

  async function finish() {
    if (await act('the rules in shadow are gone', () => drop('rules/shadow')) !== null) watch();
  }

  async function sent(button, work) {
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      tell(`Refused: ${error.message}`, true);
      if (error instanceof Refused && error.diagnostics.length > 0) list(error.diagnostics);
    } finally {
      button.disabled = false;
    }
  }

  /** Follows the rules in shadow, whoever put them there. To watch anew ends the watching so far, also while that waits for an answer. */
  async function watch() {
    if (!isOpen) return;
    clearTimeout(timer);
    const mine = ++turn;
    try {
      const now = await get('rules/shadow');
      if (mine !== turn) return;
      end.hidden = now.state === 'none';
      if (now.state === 'shadow' && performance.now() > readUntil) show(now);
      else if (now.state === 'none' && root.dataset.shown === 'shadow') findings.hidden = true;
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
    }
    if (mine === turn) timer = setTimeout(watch, watching);
  }

  function show({ state, trial }, when = '') {
    root.dataset.shown = state;
    findings.hidden = false;
    const since = state === 'shadow' ? ` since ${time(trial.since)}, put in shadow by ${trial.who}` : ` ${when}`;
    text(words, [
      `${count(trial.compared.packets)} packets judged${since}: ${count(trial.rerouted.packets)} would go another way, ${count(trial.remarked.packets)} the same way with another mark`,
      trial.beyond.packets > 0 ? `${count(trial.beyond.packets)} more in kinds that there was no room for` : '',
      trial.unjudged > 0 ? `${count(trial.unjudged)} not judged` : '',
      trial.behindDevice ? 'what the device leaves to the kernel is not among them' : '',
      trial.failure ? `stopped: ${trial.failure}` : '',
    ].filter(Boolean).join(' · '));
    shifts.update(trial.shifts);
  }

  watch();
  return { root, close };

  function close() {
    isOpen = false;
    turn++;
    clearTimeout(timer);
  }
}

const ruleOf = verdict => verdict.keptOut ? 'kept out' : verdict.rule ?? 'no rule';

/** What the rules in force do to a packet that somebody pastes. */
export function explain() {
  const area = h('textarea', { id: 'packet-text', rows: '4', spellcheck: 'false', placeholder: '0000  00 00 5e 00 53 01 00 00 5e 00 53 02 08 00 45 00 …', 'aria-describedby': 'packet-note' });
  const words = h('pre', { class: 'report', tabindex: '0', 'aria-label': 'What the rules do to it' });
  const ask = async () => {
    const answer = await act('explained', () => post('rules/explain', area.value, 'text/plain'));
    if (answer) text(words, `${answer.text}mark ${answer.mark}, by generation ${answer.generation}\nto ${answer.route}`);
  };
  return h('section', { 'aria-label': 'Explain' }, h('h3', {}, 'Explain a packet'),
    h('label', { for: 'packet-text' }, 'A packet from its Ethernet header on'), h('div', { class: 'code' }, area),
    h('p', { class: 'note', id: 'packet-note' }, 'Hexadecimal digits, as Wireshark (Copy as Hex Stream or Hex Dump) and tcpdump -XX give them. What the rules in force do to it is said here.'),
    h('div', { class: 'acts' }, h('button', { type: 'button', onclick: ask }, 'Explain')), words);
}
