// Changing something: asks first where it matters, and says what came of it.
import { Refused } from './api.js';
import { byId, text } from './dom.js';

/** Shows words for a while, and to screen readers. */
export function tell(words, isBad = false) {
  const said = byId('said');
  said.className = isBad ? 'bad' : 'good';
  text(said, words);
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => text(said, ''), isBad ? 15000 : 5000);
}

/** @returns {Promise<boolean>} whether the user says yes */
export function sure(title, words, yes) {
  const dialog = byId('sure');
  text(byId('sure-title'), title);
  text(byId('sure-words'), words);
  text(byId('sure-yes'), yes);
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

/** Does it, and tells how it went, in words or in those made of the answer. A refusal is told in the server's words. */
export async function act(words, work) {
  try {
    const answer = await work();
    tell(typeof words === 'function' ? words(answer) : words);
    return answer;
  } catch (error) {
    tell(error instanceof Refused ? `Refused: ${error.message}` : `Not done: ${error.message}`, true);
    return null;
  }
}
