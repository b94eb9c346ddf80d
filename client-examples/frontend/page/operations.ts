import { gql, type TypedDocumentNode } from '@apollo/client';

export interface Event {
  readonly id: string;
  readonly author: 'USER' | 'AGENT' | 'TOOL' | 'SYSTEM';
  readonly authorName: string | null;
  readonly occurredAt: string;
  readonly content: readonly { readonly text: string | null }[];
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly scope: Readonly<Record<string, string>>;
}

export interface Memory {
  readonly id: string;
  readonly fact: string;
  readonly topic: string | null;
}

export interface Progress {
  readonly cursor: string;
  readonly phase: string;
  readonly status: string;
  readonly progress: number;
}

export const CREATE_SESSION: TypedDocumentNode<{ createSession: Session }, { userId: string }> = gql`
  mutation ($userId: String!) { createSession(input: { userId: $userId }) { id userId scope } }
`;

export const SESSION: TypedDocumentNode<{ session: Session | null }, { id: string }> = gql`
  query ($id: ID!) { session(id: $id) { id userId scope } }
`;

export const APPEND: TypedDocumentNode<{ appendEvent: { id: string } }, { sessionId: string; text: string; name: string; key: string }> = gql`
  mutation ($sessionId: ID!, $text: String!, $name: String!, $key: String!) {
    appendEvent(sessionId: $sessionId, idempotencyKey: $key, event: { author: USER, authorName: $name, text: $text }) { id }
  }
`;

export const EVENTS: TypedDocumentNode<{ sessionEvents: { cursor: string; event: Event } }, { sessionId: string; after: string }> = gql`
  subscription ($sessionId: ID!, $after: String) {
    sessionEvents(sessionId: $sessionId, after: $after) { cursor event { id author authorName occurredAt content { text } } }
  }
`;

export const MEMORIES: TypedDocumentNode<{ memories: readonly Memory[] }, { scope: Session['scope'] }> = gql`
  query ($scope: JSON!) { memories(scope: $scope) { id fact topic } }
`;

export const MEMORY_CHANGES: TypedDocumentNode<{ memoryChanges: { cursor: string } }, { scope: Session['scope']; after: string }> = gql`
  subscription ($scope: JSON!, $after: String) { memoryChanges(scope: $scope, after: $after) { cursor } }
`;

export const GENERATE: TypedDocumentNode<{ generateMemories: { id: string } }, { sessionId: string; key: string }> = gql`
  mutation ($sessionId: ID!, $key: String!) { generateMemories(idempotencyKey: $key, input: { sessionId: $sessionId }) { id } }
`;

export const PROGRESS: TypedDocumentNode<{ memoryGenerationProgress: Progress }, { jobId: string; after: string }> = gql`
  subscription ($jobId: ID!, $after: String) {
    memoryGenerationProgress(jobId: $jobId, after: $after) { cursor phase status progress }
  }
`;
