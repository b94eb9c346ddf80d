import { graphql, type JsonObject } from '../typescript-client';

export type Scope = Readonly<Record<string, string>>;

export interface Part {
  readonly text: string | null;
}

/** What stands in an agent's inbox. */
export interface Message {
  readonly kind: 'REQUEST' | 'RESPONSE' | 'NOTIFICATION';
  readonly taskId: string | null;
  readonly sessionId: string;
  readonly fromAgentId: string | null;
  readonly parts: readonly Part[];
  /** The session in which the work is done, if it is not that of the request. */
  readonly task: { readonly workSession: { readonly id: string } | null } | null;
}

export interface MessageInput {
  readonly messageId: string;
  readonly sessionId: string;
  readonly fromAgentId: string;
  readonly toAgentId: string;
  readonly parts: readonly { readonly text: string }[];
  readonly workSessionId?: string;
  readonly handDown?: readonly string[];
  readonly waitMs?: number;
}

export interface AnswerInput {
  readonly taskId: string;
  readonly messageId: string;
  readonly parts: readonly { readonly text: string }[];
  readonly stateDelta?: JsonObject;
}

export interface Hit {
  readonly scopeIndex: number;
  readonly scope: Scope;
  readonly memory: { readonly fact: string };
}

export interface Told {
  readonly sessionId: string;
  readonly authorName: string | null;
  readonly content: readonly Part[];
}

export const registerAgent = graphql<{ registerAgent: { id: string } }, { input: { id: string; name: string; description: string } }>(
  'mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { id } }',
);

export const agentInbox = graphql<{ agentInbox: { cursor: string; message: Message } }, { agentId: string }>(
  'subscription ($agentId: String!, $after: String) { agentInbox(agentId: $agentId, after: $after) { cursor message { kind taskId sessionId fromAgentId parts { text } task { workSession { id } } } } }',
);

export const acknowledge = graphql<{ agentHeartbeat: { id: string } }, { id: string; cursor: string }>(
  'mutation ($id: String!, $cursor: String!) { agentHeartbeat(id: $id, acknowledged: $cursor) { id } }',
);

export const sendMessage = graphql<{ sendA2AMessage: { task: { state: string; reason: string | null; response: { parts: readonly Part[] } | null } } }, { input: MessageInput }>(
  'mutation ($input: SendA2AMessageInput!) { sendA2AMessage(input: $input) { task { state reason response { parts { text } } } } }',
);

export const answerTask = graphql<{ updateA2ATask: { state: string } }, { input: AnswerInput }>('mutation ($input: UpdateA2ATaskInput!) { updateA2ATask(input: $input) { state } }');

export const history = graphql<{ session: { state: JsonObject; events: readonly Told[] } }, { id: string }>(
  'query ($id: ID!) { session(id: $id) { state events(last: 200) { sessionId authorName content { text } } } }',
);

export const readTree = graphql<{ session: { tree: readonly { id: string; depth: number; agentId: string | null; state: JsonObject }[] } }, { id: string }>(
  'query ($id: ID!) { session(id: $id) { tree { id depth agentId state } } }',
);

export const treeEvents = graphql<{ sessionTreeEvents: { cursor: string; event: Told } }, { sessionId: string }>(
  'subscription ($sessionId: ID!, $after: String) { sessionTreeEvents(sessionId: $sessionId, after: $after) { cursor event { sessionId authorName content { text } } } }',
);

export const recall = graphql<{ recall: { hits: readonly Hit[] } }, { scopes: readonly { scope: Scope }[]; query: string }>(
  'query ($scopes: [RecallScopeInput!]!, $query: String!) { recall(input: { scopes: $scopes, query: $query }) { hits { scopeIndex scope memory { fact } } } }',
);
