// Calls of the server, with the token where one is needed. fetch and not EventSource, because only that can send a token.

// Of each path a token of its own: a proxy may have several pipelines at one address.
const key = `pipeline-token ${location.pathname}`;
const headers = more => {
  const token = sessionStorage.getItem(key);
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
};

export const keepToken = token => sessionStorage.setItem(key, token);

/** Why a call failed, as the server put it. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `the server answered ${status}`);
    this.status = status;
    this.diagnostics = problem?.diagnostics ?? [];
  }
}

async function call(method, path, body, more = {}) {
  const answer = await fetch(`api/v1/${path}`, { method, body, headers: headers(more) });
  const type = answer.headers.get('content-type') ?? '';
  const read = type.includes('json') ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Refused(answer.status, read);
  return read;
}

export const get = path => call('GET', path);
export const post = (path, body, type = 'application/json') =>
  call('POST', path, body, body === undefined ? {} : { 'Content-Type': type });
export const put = (path, body, more) => call('PUT', path, body, { 'Content-Type': 'text/plain', ...more });

export const drop = path => call('DELETE', path);

/** Saves an answer as a file. It is read with the token, which a plain link could not send. */
export async function download(path, file) {
  const answer = await fetch(`api/v1/${path}`, { headers: headers({}) });
  if (!answer.ok) throw new Refused(answer.status, await answer.json());
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Events of a stream, each with its name and its data, until it ends. */
export async function* events(path, signal) {
  const answer = await fetch(`api/v1/${path}`, { headers: headers({}), signal });
  if (!answer.ok || !answer.body) throw new Refused(answer.status, null);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
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
