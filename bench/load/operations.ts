import { randomUUID } from 'node:crypto';

/** What one caller does next; `weight` of all that is asked. */
export interface Operation {
  readonly name: string;
  readonly weight: number;
  readonly query: string;
  variables(session: LoadSession): object;
}

export interface LoadSession {
  readonly id: string;
  readonly scope: Readonly<Record<string, string>>;
}

const SAID = ['I bought a lamp at the market hall.', 'My sister Edda teaches physics in Graz.', 'I am allergic to walnuts.', 'I moved to Porto last week.', 'We always drink coffee without sugar.'];
const WORDS = ['lamp', 'physics', 'walnuts', 'Porto', 'coffee'];
const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(Math.random() * items.length)];
const event = () => ({ author: 'USER', text: `${pick(SAID)} (${randomUUID().slice(0, 8)})` });
const BATCH = 20;

export const CREATE = 'mutation($input: CreateSessionInput!) { createSession(input: $input) { id } }';

/** Mostly appends and reads, now and then a generation: an agent at work. */
const OPERATIONS: readonly Operation[] = [
  { name: 'createSession', weight: 5, query: CREATE, variables: ({ scope }) => ({ input: { userId: 'load', scope } }) },
  { name: 'appendEvent', weight: 35, query: 'mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id seq } }', variables: ({ id }) => ({ id, event: event() }) },
  { name: 'appendEvents of 20', weight: 10, query: 'mutation($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id seq } }', variables: ({ id }) => ({ id, events: Array.from({ length: BATCH }, event) }) },
  { name: 'recall', weight: 15, query: 'query($input: RecallInput!) { recall(input: $input) { hits { score kind } } }', variables: ({ scope }) => ({ input: { scopes: [{ scope }], query: `What about ${pick(WORDS)}?`, topK: 10, kinds: ['MEMORY', 'EVENT'] } }) },
  { name: 'context', weight: 10, query: 'query($input: ContextInput!) { context(input: $input) { text tokens } }', variables: ({ id, scope }) => ({ input: { sessionId: id, scopes: [{ scope }], query: `What about ${pick(WORDS)}?` } }) },
  { name: 'sessions', weight: 20, query: 'query { sessions(userId: "load", limit: 20) { id updatedAt } }', variables: () => ({}) },
  { name: 'generateMemories', weight: 5, query: 'mutation($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id } }', variables: ({ scope }) => ({ input: { facts: [`Ann owns the book ${randomUUID().slice(0, 8)}`], scope, priority: 'BULK' } }) },
];

const TOTAL = OPERATIONS.reduce((sum, { weight }) => sum + weight, 0);

export function chooseOperation(): Operation {
  let left = Math.random() * TOTAL;
  const chosen = OPERATIONS.find(({ weight }) => (left -= weight) < 0);
  return chosen ?? chooseOperation();
}
