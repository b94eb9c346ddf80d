import { graphql } from './operation';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;
export type Author = 'USER' | 'AGENT' | 'TOOL' | 'SYSTEM';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Json;
}

export interface Actions {
  readonly stateDelta?: JsonObject | null;
  readonly toolCalls?: readonly ToolCall[] | null;
  readonly toolOutputs?: readonly { readonly toolCallId: string; readonly output: Json; readonly isError?: boolean | null }[] | null;
  readonly transferTo?: string | null;
}

export interface EventInput {
  readonly id?: string;
  readonly author: Author;
  readonly authorName?: string;
  readonly invocationId?: string;
  readonly text?: string;
  readonly occurredAt?: string;
  readonly actions?: Actions;
}

export interface Event {
  readonly id: string;
  readonly seq: number;
  readonly author: Author;
  readonly authorName: string | null;
  readonly occurredAt: string;
  readonly content: readonly { readonly text: string | null }[];
  readonly actions: Actions;
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly version: number;
  readonly lastSeq: number;
  readonly state: JsonObject;
}

export interface SessionInput {
  readonly id?: string;
  readonly userId: string;
  readonly agentId?: string;
  readonly parentId?: string;
  readonly handDown?: readonly string[];
  readonly scope?: Readonly<Record<string, string>>;
  readonly state?: JsonObject;
}

export interface Progress {
  readonly cursor: string;
  readonly status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' | 'CANCELED';
  readonly phase: 'EXTRACT' | 'CONSOLIDATE' | 'EMBED' | 'DONE';
  readonly progress: number;
}

/** What was said in an event. */
export const textOf = (event: Event): string => event.content.map(({ text }) => text ?? '').join('');

const EVENT = 'id seq author authorName occurredAt content { text } actions { stateDelta toolCalls { id name arguments } toolOutputs { toolCallId output isError } transferTo }';

export const createSession = graphql<{ createSession: Session }, { input: SessionInput }>(
  'mutation ($input: CreateSessionInput!) { createSession(input: $input) { id userId version lastSeq state } }',
);

/** Newest first. */
export const findSessions = graphql<{ sessions: readonly Session[] }, { userId?: string; agentId?: string; parentId?: string; limit?: number }>(
  'query ($userId: String, $agentId: String, $parentId: ID, $limit: Int) { sessions(userId: $userId, agentId: $agentId, parentId: $parentId, limit: $limit) { id userId version lastSeq state } }',
);

export const readSession = graphql<{ session: Session | null }, { id: string }>('query ($id: ID!) { session(id: $id) { id userId version lastSeq state } }');

export const appendEvent = graphql<{ appendEvent: Event }, { sessionId: string; event: EventInput; expectedVersion?: number }>(
  `mutation ($sessionId: ID!, $event: EventInput!, $expectedVersion: Int) { appendEvent(sessionId: $sessionId, event: $event, expectedVersion: $expectedVersion) { ${EVENT} } }`,
);

export const sessionEvents = graphql<{ sessionEvents: { cursor: string; event: Event } }, { sessionId: string }>(
  `subscription ($sessionId: ID!, $after: String) { sessionEvents(sessionId: $sessionId, after: $after) { cursor event { ${EVENT} } } }`,
);

export const generateMemories = graphql<{ generateMemories: { id: string } }, { input: { sessionId: string } }>(
  'mutation ($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id } }',
);

export const generationProgress = graphql<{ memoryGenerationProgress: Progress }, { jobId: string }>(
  'subscription ($jobId: ID!, $after: String) { memoryGenerationProgress(jobId: $jobId, after: $after) { cursor status phase progress } }',
);

export const createMemory = graphql<{ createMemory: { id: string; fact: string } }, { input: { scope: Record<string, string>; fact: string; metadata?: JsonObject; topics?: readonly string[] } }>(
  'mutation ($input: CreateMemoryInput!) { createMemory(input: $input) { id fact } }',
);

export const searchMemories = graphql<{ searchMemories: readonly { id: string; fact: string }[] }, { scope: Record<string, string>; query: string; topK?: number }>(
  'query ($scope: JSON!, $query: String!, $topK: Int) { searchMemories(scope: $scope, query: $query, topK: $topK) { id fact } }',
);

export interface ContextInput {
  readonly sessionId: string;
  readonly query?: string;
  readonly budgetTokens?: number;
}

export interface ContextMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export const readContext = graphql<{ context: { messages: readonly ContextMessage[]; stablePrefixHash: string } }, { input: ContextInput }>(
  'query ($input: ContextInput!) { context(input: $input) { messages { role content } stablePrefixHash } }',
);
