import { act, sure } from '../act.js';
import { get, post } from '../api.js';
import { h, text } from '../dom.js';
import { bytes, count, percent } from '../format.js';
import { table } from '../table.js';

export const cluster = { title: 'Cluster', open };

function open() {
  let [answer, isReading] = [null, false];
  const words = h('p', { class: 'lead' });
  const about = h('p', { class: 'note' });
  const members = table([
    { title: 'member', word: true, cell: m => m.name + (m.self ? ' (this one)' : ''), key: m => m.name },
    { title: 'address', word: true, cell: m => m.address, key: m => m.address },
    { title: 'roles', word: true, cell: m => m.roles.join(', '), key: m => m.roles.join() },
    { title: 'status', word: true, cell: m => m.status, key: m => m.status },
    { title: 'can be reached', word: true, cell: m => m.reachable ? 'yes' : 'no', key: m => `${m.reachable}`, bad: m => !m.reachable },
    { title: 'rules generation', cell: m => m.rulesTrouble ? `${count(m.generation)}, not ${m.rulesTrouble}` : count(m.generation), key: m => m.generation, bad: m => Boolean(m.rulesTrouble) },
  ], { name: 'Members', id: m => m.uid, empty: 'This pipeline is no node of a cluster.', actions: now => [
    h('button', { type: 'button', 'data-changes': '', onclick: () => down(now()) }, 'give up'),
  ] });
  const links = table([
    { title: 'link', word: true, cell: l => `${l.isOut ? 'to' : 'from'} ${l.node}`, key: l => l.node },
    { title: 'state', word: true, cell: l => l.state, key: l => l.state, bad: l => l.state !== 'up' },
    { title: 'instances', word: true, cell: l => (l.instances ?? []).join(', ') || '–', key: l => (l.instances ?? []).length },
    { title: 'packets', cell: l => count(l.tally.packets), key: l => l.tally.packets },
    { title: 'bytes', cell: l => bytes(l.tally.bytes), key: l => l.tally.bytes },
    { title: 'in flight', cell: l => count(l.inFlight), key: l => l.inFlight },
    { title: 'credit used', cell: l => l.window ? percent(l.credit, l.window) : '–', key: l => l.credit },
    { title: 'sent once more', cell: l => count(l.resent), key: l => l.resent, bad: l => l.resent > 0 },
  ], { name: 'Links', id: l => `${l.isOut} ${l.node}`, empty: 'No packets go to other nodes, and none come from them.', filter: false });
  const leave = h('button', { type: 'button', 'data-changes': '', hidden: true, onclick: async () => {
    if (await sure('Leave the cluster?', 'Its consumers stop working for other nodes; its own routes go on. It joins again when it is started anew.', 'Leave'))
      await act('asked to leave', () => post('cluster/leave'));
  } }, 'Leave the cluster');

  return {
    root: h('div', {}, words, about, members.root, h('h3', {}, 'Links'), links.root, leave),
    async update() {
      if (isReading) return;
      isReading = true;
      try {
        answer = await get('cluster');
        text(words, answer.words);
        text(about, [answer.leader && `leader ${answer.leader}`, answer.ruleAuthority && `rules are decided on ${answer.ruleAuthority}`, answer.restarts > 0 && `began anew ${answer.restarts} times`, answer.trouble].filter(Boolean).join(' · '));
        members.update(answer.members);
        links.update(linksOf(answer.links));
        leave.hidden = answer.state === 'none';
      } catch (error) {
        text(words, error.message);
      } finally {
        isReading = false;
      }
    },
  };
}

const linksOf = links => [
  ...(links?.out ?? []).map(l => ({ ...l, isOut: true, tally: l.sent })),
  ...(links?.in ?? []).map(l => ({ ...l, isOut: false, tally: l.received, state: l.up ? 'up' : 'ended' })),
];

async function down(member) {
  if (await sure(`Give up ${member.name}?`, 'The members go on without it, and what it had not processed goes to others. A node that is alive begins anew.', 'Give it up'))
    await act(`${member.name} is given up`, () => post(`cluster/down?member=${encodeURIComponent(member.name)}`));
}
