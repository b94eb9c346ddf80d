import { z } from 'zod';
import type { Scope } from '../../src/kernel/scope';
import { textOf } from '../recall-scale/corpus';
import { ask } from '../support/ask';
import type { Server } from '../support/server';

/** What is in the pool of the session besides memories. */
export interface Beside {
  readonly events: number;
  readonly documents: number;
  readonly procedures: number;
}

const [TURNS_PER_SESSION, TURNS_PER_APPEND, PARAGRAPHS] = [200, 100, 12];
/** Texts that no memory has. */
const [TURNS_FROM, DOCUMENTS_FROM, PROCEDURES_FROM] = [10_000_000, 20_000_000, 30_000_000];

const Created = z.object({ created: z.object({ id: z.string() }) });
const Appended = z.object({ appendEvents: z.array(z.unknown()) });
const Added = z.object({ addDocument: z.object({ outcome: z.string() }) });

/** Through the gateway, as callers do. @returns a session in the pool, half way through what was said */
export async function fillBeside(gateway: Server, scope: Scope, { events, documents, procedures }: Beside): Promise<string> {
  const sessions: string[] = [];
  for (let from = 0; from < events; from += TURNS_PER_SESSION) {
    const { created: { id } } = await ask(gateway, Created, 'mutation($input: CreateSessionInput!) { created: createSession(input: $input) { id } }', { input: { userId: 'bench', scope } });
    sessions.push(id);
    for (let at = from; at < Math.min(events, from + TURNS_PER_SESSION); at += TURNS_PER_APPEND) {
      const turns = Array.from({ length: Math.min(TURNS_PER_APPEND, events - at) }, (_, n) => ({ author: n % 2 === 0 ? 'USER' : 'AGENT', text: textOf(TURNS_FROM + at + n) }));
      await ask(gateway, Appended, 'mutation($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id } }', { id, events: turns });
    }
  }
  for (let n = 0; n < documents; n += 1) {
    const content = Array.from({ length: PARAGRAPHS }, (_, at) => `## Part ${at}\n\n${[0, 1, 2, 3].map((line) => `${textOf(DOCUMENTS_FROM + n * 100 + at * 4 + line)}.`).join(' ')}\n`).join('\n');
    await ask(gateway, Added, 'mutation($input: AddDocumentInput!) { addDocument(input: $input) { outcome } }', { input: { scope, title: `Guide ${n}`, content } });
  }
  for (let n = 0; n < procedures; n += 1) await addProcedure(gateway, scope, n);
  const middle = sessions[Math.floor(sessions.length / 2)];
  if (middle === undefined) throw new Error('no session was made');
  return middle;
}

/** A workflow, a skill and a trajectory in turn. */
async function addProcedure(gateway: Server, scope: Scope, n: number): Promise<void> {
  const text = (part: number): string => textOf(PROCEDURES_FROM + n * 20 + part);
  const steps = Array.from({ length: 6 }, (_, step) => ({ action: text(step).split(' ').slice(0, 3).join('_') }));
  const [kind, input] = ([
    ['Workflow', { name: text(10), description: text(11), steps, learningPoints: [text(12)], warnings: [text(13)] }],
    ['Skill', { name: text(10), description: text(11), type: 'TOOL_USAGE', implementation: { kind: 'PROMPT_TEMPLATE', body: text(12) } }],
    ['Trajectory', { agentId: 'bench', task: text(10), outcome: 'SUCCESS', steps, learningPoints: [text(11)] }],
  ] as const)[n % 3] ?? [];
  await ask(gateway, Created, `mutation($input: Create${kind}Input!) { created: create${kind}(input: $input) { id } }`, { input: { scope, ...input } });
}
