import { factHash, claimHash } from '../../domain/memory/fingerprint';
import type { ApiClient } from './client';
import type { Turn } from './conversation';
import { until } from './until';

const APPEND_LIMIT = 100;

export async function newSession(api: ApiClient, input: object): Promise<string> {
  const { createSession } = await api.ask('mutation($input: CreateSessionInput!) { createSession(input: $input) { id } }', { input });
  return createSession.id;
}

/** A session with these turns. @returns its id */
export async function hold(api: ApiClient, turns: readonly Turn[], input: object): Promise<string> {
  const sessionId = await newSession(api, input);
  for (let from = 0; from < turns.length; from += APPEND_LIMIT) {
    await api.ask('mutation($sessionId: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $sessionId, events: $events) { id } }', { sessionId, events: turns.slice(from, from + APPEND_LIMIT) });
  }
  return sessionId;
}

/** Accepts a job. @returns its id */
export async function generate(api: ApiClient, input: object): Promise<string> {
  const { generateMemories } = await api.ask('mutation($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id status } }', { input });
  return generateMemories.id;
}

const JOB = `query($id: ID!) { memoryGenerationJob(id: $id) {
  id status phase done total progress sessionId extractor leftOutCount error { code message } outcomes { outcome count } createdAt finishedAt } }`;

export async function jobOf(api: ApiClient, id: string) {
  return (await api.ask(JOB, { id })).memoryGenerationJob;
}

/** The job once it has ended, however it did. */
export const untilEnded = (api: ApiClient, id: string, boundMs = 60_000) =>
  until(`the job ${id} ends`, async () => {
    const job = await jobOf(api, id);
    return ['COMPLETED', 'FAILED', 'CANCELED'].includes(job?.status) ? job : null;
  }, boundMs);

/** All candidates of a job, over as many pages as there are. */
export const candidatesOf = (api: ApiClient, id: string) =>
  allPages(async (after) => {
    const { memoryGenerationJob } = await api.ask(`query($id: ID!, $after: String) { memoryGenerationJob(id: $id) { candidates(first: 200, after: $after) {
      nodes { ordinal fact outcome eventIds memoryId revision reason } pageInfo { hasNextPage endCursor } } } }`, { id, after });
    return memoryGenerationJob.candidates;
  });

/** All memories of a pool; contradicted ones only when asked for. */
export const memoriesOf = (api: ApiClient, scope: object, includeSuperseded = false) =>
  allPages(async (after) => {
    const { memoriesConnection } = await api.ask(`query($scope: JSON!, $all: Boolean!, $after: String) { memoriesConnection(scope: $scope, includeSuperseded: $all, first: 200, after: $after) {
      nodes { id fact topic topics subject attribute value confidence evidenceCount exclusive validFrom validTo supersededBy sessionId eventIds revision createdAt }
      pageInfo { hasNextPage endCursor } } }`, { scope, all: includeSuperseded, after });
    return memoriesConnection;
  });

/** All events of a session in order. */
export const eventsOf = (api: ApiClient, id: string) =>
  allPages(async (after) => {
    const { session } = await api.ask('query($id: ID!, $after: String) { session(id: $id) { eventsConnection(first: 200, after: $after) { nodes { id seq author authorName } pageInfo { hasNextPage endCursor } } } }', { id, after });
    return session.eventsConnection;
  });

async function allPages(read: (after: string | null) => Promise<{ nodes: readonly unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }>) {
  const all = [JSON.parse('null')].slice(1);
  for (let after: string | null = null; ;) {
    const page = await read(after);
    all.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return all;
    after = page.pageInfo.endCursor;
  }
}

/** What occurs twice among memories that a reader would take for one: the same words, or the same claim. */
export function repetitions(memories: readonly { fact: string; subject: string | null; attribute: string | null; value: string | null }[]): string[] {
  const seen = new Set<string>();
  return memories.flatMap((memory) => {
    const marks = [factHash(memory.fact), claimHash(memory)].flatMap((hash, kind) => (hash === null ? [] : [`${kind} ${hash.toString('hex')}`]));
    const again = marks.some((mark) => seen.has(mark));
    marks.forEach((mark) => seen.add(mark));
    return again ? [memory.fact] : [];
  });
}
