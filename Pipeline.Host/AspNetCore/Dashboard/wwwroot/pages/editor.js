// The editor of rules: checks while you write, says what would change, and puts it in force.
import { act, tell } from '../act.js';
import { get, post, put, Refused } from '../api.js';
import { h, text } from '../dom.js';
import { seconds } from '../format.js';
import { live } from '../live.js';

const idle = 300;

export function editor({ changed }) {
  let [inForce, confirmBy, timer, isFirst, hidden] = [{ text: '', generation: 0 }, null, 0, true, new Map()];
  const area = h('textarea', { id: 'rules-text', spellcheck: 'false', autocapitalize: 'off', rows: '16', 'aria-label': 'Rules', 'aria-describedby': 'rules-found', oninput: onInput, onscroll: () => { gutter.scrollTop = area.scrollTop; } });
  const gutter = h('pre', { class: 'gutter', 'aria-hidden': 'true' }, '1');
  const found = h('ol', { id: 'rules-found', class: 'found' });
  const verdict = h('p', { class: 'note', role: 'status' });
  const apply = h('button', { type: 'button', class: 'strong', 'data-changes': '', onclick: onApply }, 'Put in force');
  const revert = h('button', { type: 'button', onclick: () => set(inForce.text) }, 'Undo edits');
  const confirm = h('select', { 'aria-label': 'Confirmation' }, ...[['', 'for good'], ['30', 'for 30 s, unless confirmed'], ['60', 'for a minute, unless confirmed'], ['300', 'for 5 minutes, unless confirmed']].map(([value, words]) => h('option', { value }, words)));
  const save = h('input', { type: 'checkbox', id: 'rules-save' });
  const waiting = h('p', { class: 'banner', hidden: true });
  const left = h('span');
  waiting.append(left, ' ', h('button', { type: 'button', class: 'strong', 'data-changes': '', onclick: onConfirm }, 'Confirm'), ' ', h('button', { type: 'button', 'data-changes': '', onclick: onBack }, 'Go back now'));

  const root = h('section', { class: 'editor', 'aria-label': 'Editor' }, h('h3', {}, 'Edit'), waiting,
    h('div', { class: 'code' }, gutter, area), found, verdict,
    h('div', { class: 'acts' }, apply, confirm, h('label', { for: 'rules-save' }, save, ' write the rule file too'), revert));

  function set(now) {
    area.value = now;
    onInput();
  }

  function onInput() {
    text(gutter, Array.from({ length: area.value.split('\n').length }, (_, i) => i + 1).join('\n'));
    revert.disabled = area.value === inForce.text;
    clearTimeout(timer);
    timer = setTimeout(check, idle);
  }

  async function check() {
    const asked = area.value;
    try {
      const answer = await post('rules/check', asked, 'text/plain');
      if (asked !== area.value) return;
      list(answer.diagnostics);
      if (asked === inForce.text) hidden = shadowedBy(asked, answer.diagnostics);
      apply.disabled = !answer.ok || asked === inForce.text || Boolean(live.snapshot?.readOnly);
      text(verdict, answer.ok ? wordsOf(answer.changes, asked === inForce.text) : `${answer.errors} ${answer.errors === 1 ? 'error' : 'errors'}: the rules in force stay.`);
    } catch (error) {
      text(verdict, error.message);
    }
  }

  function list(diagnostics) {
    found.replaceChildren(...diagnostics.map(d => h('li', { class: d.severity === 'error' ? 'bad' : 'poor' },
      h('button', { type: 'button', class: 'plain', onclick: () => point(d) }, `line ${d.line}, column ${d.column}`), ` ${d.severity}: ${d.message}`,
      d.note ? h('span', { class: 'note' }, ` (${d.note})`) : null, d.help ? h('span', { class: 'note' }, ` ${d.help}`) : null)));
  }

  function point(d) {
    const start = area.value.split('\n').slice(0, d.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + d.column - 1;
    area.focus();
    area.setSelectionRange(start, start + Math.max(1, d.length));
  }

  async function onApply() {
    const query = new URLSearchParams();
    if (confirm.value) query.set('confirm', confirm.value);
    if (save.checked) query.set('save', 'yes');
    apply.disabled = true;
    try {
      const answer = await put(`rules?${query}`, area.value, { 'If-Match': `"${inForce.generation}"`, 'X-Pipeline-Source': 'page' });
      tell(`Generation ${answer.generation} is in force${answer.saved === 'now' ? ', and the rule file is written' : ''}.`);
      await load(true);
      changed();
    } catch (error) {
      tell(`Refused: ${error.message}`, true);
      if (error instanceof Refused && error.diagnostics.length > 0) list(error.diagnostics);
      apply.disabled = false;
    }
  }

  async function onConfirm() {
    await act(`generation ${inForce.generation} stays`, () => post(`rules/confirm/${inForce.generation}${save.checked ? '?save=yes' : ''}`));
    await load(true);
  }

  async function onBack() {
    const { generations } = await get('rules/history');
    const before = generations.find(g => g.generation < inForce.generation);
    if (before) await act(`the rules of generation ${before.generation} are in force again`, () => post(`rules/rollback/${before.generation}`));
  }

  /** Takes over what is in force, unless there are edits that this would lose. */
  async function load(isOurs = false) {
    const edited = !isFirst && !isOurs && area.value !== inForce.text;
    const now = await get('rules');
    inForce = { text: now.text, generation: now.generation };
    confirmBy = now.confirmBy ? new Date(now.confirmBy) : null;
    isFirst = false;
    if (edited) tell(`Generation ${now.generation} came in force meanwhile, by ${now.who}. Your edits are kept.`, true);
    else set(now.text);
    tick();
  }

  function tick() {
    const rest = confirmBy ? (confirmBy - Date.now()) / 1000 : 0;
    waiting.hidden = rest <= 0;
    if (rest > 0) text(left, `Generation ${inForce.generation} is in force for another ${seconds(rest)}, unless it is confirmed.`);
  }

  return {
    root, load, tick, list,
    text: () => area.value,
    shadowed: () => hidden,
    show(entry) {
      set(entry.text);
      area.focus();
    },
    close: () => clearTimeout(timer),
  };
}

/** Warnings that a rule can never match, by the name of the rule that they are about. */
function shadowedBy(rules, diagnostics) {
  const lines = rules.split('\n');
  const about = d => /^\s*rule\s+(\S+)/.exec(lines[d.line - 1] ?? '')?.[1];
  return new Map(diagnostics.filter(d => d.severity === 'warning' && about(d)).map(d => [about(d), d.message]));
}

function wordsOf(changes, isSame) {
  if (isSame) return 'This is what is in force.';
  const parts = [['adds', changes.added], ['takes away', changes.removed], ['changes', changes.changed]]
    .filter(([, names]) => names.length > 0).map(([verb, names]) => `${verb} ${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`);
  if (changes.reordered) parts.push('changes the order');
  return parts.length > 0 ? `No error. It ${parts.join('; ')}; keeps ${changes.kept}.` : 'No error. It changes only comments.';
}
