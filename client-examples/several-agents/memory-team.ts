import { createMemory, createSession, type ContextIQ } from '../typescript-client';
import { ask } from './ask';
import { recall, type Scope } from './operations';
import { textOf, withTeam, type Skill } from './specialist';

/** Where an agent keeps what it learns, and where it looks. */
export interface Pools {
  /** What it was told for itself, and what is for everyone. */
  readonly own: Scope;
  readonly common: Scope;
  readonly read: readonly Scope[];
}

const REMEMBER = 'Remember: ';
const REMEMBER_FOR_ALL = 'Remember for all: ';

/** Remembers what it is told to, and otherwise says what it knows, with the pool that each memory stands in. */
const learner = ({ own, common, read }: Pools): Skill => async (client, request) => {
  const text = textOf(request);
  for (const [order, scope] of [[REMEMBER, own], [REMEMBER_FOR_ALL, common]] as const) {
    if (!text.startsWith(order)) continue;
    await client.request(createMemory, { input: { scope, fact: text.slice(order.length) } });
    return { text: 'Noted.' };
  }
  const { recall: { hits } } = await client.request(recall, { scopes: read.map((scope) => ({ scope })), query: text });
  return { text: hits.map(({ scope, memory }) => `${memory.fact} (${Object.values(scope).join(' ')})`).sort().join('\n') };
};

/** Each specialist learns something of its own, one learns something for all, and then both are asked what they know. @returns their answers */
export const learnTogether = (client: ContextIQ, poolsOf: (agentId: string) => Pools): Promise<Readonly<Record<'weather' | 'sights', string>>> =>
  withTeam(client, { weather: learner(poolsOf('weather')), sights: learner(poolsOf('sights')) }, async () => {
    const { createSession: { id } } = await client.request(createSession, { input: { userId: 'ann', agentId: 'coordinator' } });
    await ask(client, id, 'weather', `${REMEMBER}Porto has showers in November.`);
    await ask(client, id, 'sights', `${REMEMBER}Porto has a museum called Serralves.`);
    await ask(client, id, 'sights', `${REMEMBER_FOR_ALL}Ann goes to Porto by train.`);
    const question = 'What do we know about Porto?';
    return { weather: await ask(client, id, 'weather', question), sights: await ask(client, id, 'sights', question) };
  });
