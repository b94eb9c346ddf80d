import { z } from 'zod';
import type { GatewayClient } from '../client';
import type { LoadedConversation } from '../conversation-run';

const GENERATE = `mutation Generate($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id } }`;
const PROGRESS = `subscription Progress($jobId: ID!) { memoryGenerationProgress(jobId: $jobId) { status phase done total progress } }`;
const RESULT = `query Result($id: ID!, $after: String) {
  memoryGenerationJob(id: $id) {
    status extractor leftOutCount leftOut { eventId reason } error { message }
    candidates(first: 200, after: $after) {
      nodes { fact outcome reason eventIds memory { fact supersededBy } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const POOL = `query Pool($scope: JSON!, $after: String) {
  memoriesConnection(scope: $scope, includeSuperseded: true, first: 200, after: $after) { nodes { id fact supersededBy } pageInfo { hasNextPage endCursor } }
}`;

const Generated = z.object({ generateMemories: z.object({ id: z.string() }) });
const Step = z.object({ memoryGenerationProgress: z.object({ status: z.string(), phase: z.string(), done: z.number(), total: z.number(), progress: z.number() }) });
const CandidateNode = z.object({
  fact: z.string(), outcome: z.string().nullable(), reason: z.string().nullable(), eventIds: z.array(z.string()),
  memory: z.object({ fact: z.string(), supersededBy: z.string().nullable() }).nullable(),
});
const Result = z.object({
  memoryGenerationJob: z.object({
    status: z.string(), extractor: z.string().nullable(), leftOutCount: z.number(),
    leftOut: z.array(z.object({ eventId: z.string(), reason: z.string() })), error: z.object({ message: z.string() }).nullable(),
    candidates: z.object({ nodes: z.array(CandidateNode), pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }) }),
  }),
});

const PoolPage = z.object({
  memoriesConnection: z.object({
    nodes: z.array(z.object({ id: z.string(), fact: z.string(), supersededBy: z.string().nullable() })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

export type Candidate = z.infer<typeof CandidateNode>;

/** What a whole conversation gave. */
export interface Remembered {
  readonly extractor: string;
  readonly candidates: readonly Candidate[];
  readonly leftOut: readonly { readonly eventId: string; readonly reason: string }[];
  readonly leftOutCount: number;
  /** Facts that no longer hold, with what took their place. */
  readonly replaced: readonly { readonly before: string; readonly after: string }[];
}

export interface RememberStep {
  /** Sessions that are done, and the share of the one under way. */
  readonly sessions: number;
  readonly share: number;
  readonly phase: string;
}

/** Generates memories session by session, as they would come in life, following each job by its subscription. */
export async function remember(client: GatewayClient, loaded: LoadedConversation, onStep: (step: RememberStep) => void): Promise<Remembered> {
  const candidates: Candidate[] = [];
  const leftOut: { eventId: string; reason: string }[] = [];
  let extractor = '';
  let leftOutCount = 0;
  for (const [sessions, { id: sessionId }] of loaded.sessions.entries()) {
    const { generateMemories: { id } } = await client.request(Generated, GENERATE, { input: { sessionId } });
    for await (const { memoryGenerationProgress: step } of client.subscribe(Step, PROGRESS, { jobId: id })) {
      onStep({ sessions, share: step.progress, phase: step.phase.toLowerCase() });
    }
    for (let after: string | null = null; ; ) {
      const { memoryGenerationJob: job }: z.infer<typeof Result> = await client.request(Result, RESULT, { id, after });
      if (job.status !== 'COMPLETED') throw new Error(`generating memories ended ${job.status}: ${job.error?.message ?? 'no reason given'}`);
      candidates.push(...job.candidates.nodes);
      after = job.candidates.pageInfo.endCursor;
      if (job.candidates.pageInfo.hasNextPage) continue;
      extractor = job.extractor ?? extractor;
      leftOut.push(...job.leftOut);
      leftOutCount += job.leftOutCount;
      break;
    }
  }
  return { extractor, candidates, leftOut, leftOutCount, replaced: await replacedFacts(client, loaded.scope) };
}

async function replacedFacts(client: GatewayClient, scope: object): Promise<Remembered['replaced']> {
  const facts = new Map<string, { fact: string; supersededBy: string | null }>();
  for (let after: string | null = null; ; ) {
    const { memoriesConnection: page }: z.infer<typeof PoolPage> = await client.request(PoolPage, POOL, { scope, after });
    for (const { id, ...memory } of page.nodes) facts.set(id, memory);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  return [...facts.values()].flatMap(({ fact, supersededBy }) => {
    const after = supersededBy === null ? undefined : facts.get(supersededBy)?.fact;
    return after === undefined ? [] : [{ before: fact, after }];
  });
}
