// The menu of a demo: what can go wrong on order. Where it is no demo, there is no menu.
import { act } from './act.js';
import { get, post } from './api.js';
import { byId, h } from './dom.js';

let isAsked = false;

/** Asks once what there is to order. */
export async function demo() {
  if (isAsked) return;
  isAsked = true;
  const { acts } = await asked();
  if (acts.length === 0) return;
  const menu = h('details', { class: 'menu' }, h('summary', {}, 'Demo'),
    h('ul', {}, ...acts.map(a => h('li', {}, h('button', { type: 'button', 'data-changes': '', title: a.words, onclick: () => order(a, menu) }, a.title), h('span', { class: 'note' }, a.words)))));
  menu.addEventListener('keydown', event => { if (event.key === 'Escape') close(menu); });
  document.addEventListener('click', event => { if (!menu.contains(event.target)) menu.open = false; });
  byId('pause').before(menu);
}

/** A question that nobody answered is asked again with the next figures. */
async function asked() {
  try {
    return await get('demo');
  } catch (error) {
    isAsked = false;
    throw error;
  }
}

async function order(what, menu) {
  close(menu);
  await act(answer => `${what.title}: ${answer.words}`, () => post(`demo/${what.name}`));
}

function close(menu) {
  menu.open = false;
  menu.firstElementChild.focus();
}
