// Elements in code. Text only ever goes in as text, never as markup.

/** h('td', { class: 'word' }, 'text', element, ...) */
export function h(name, properties = {}, ...inside) {
  return fill(document.createElement(name), properties, inside);
}

/** The same for drawings. */
export function s(name, properties = {}, ...inside) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), properties, inside);
}

function fill(element, properties, inside) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...inside.filter(i => i !== null && i !== undefined));
  return element;
}

/** Writes only what has changed: selections and screen readers are left alone. */
export function text(element, now) {
  if (element.textContent !== now) element.textContent = now;
}

export function className(element, now) {
  if (element.getAttribute('class') !== now) element.setAttribute('class', now);
}

export const byId = id => document.getElementById(id);
