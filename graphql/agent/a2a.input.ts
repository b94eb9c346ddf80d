import type { A2APart, A2ATaskUpdate, NewA2AMessage } from '../../src/domain/agent/a2a';
import { given } from '../input';
import type { A2APartInput, SendA2AMessageInput, UpdateA2ATaskInput } from './a2a.types';

/** GraphQL's optional-or-null input to the domain's. Null is data too, where it is the only content. */
const toPart = (part: A2APartInput): A2APart => {
  const content = given(part, ['text', 'url', 'filename', 'mediaType']);
  const isData = part.data !== undefined && (part.data !== null || (content.text === undefined && content.url === undefined));
  return { ...content, ...(isData ? { data: part.data ?? null } : {}) };
};

export const toNewMessage = (input: SendA2AMessageInput): NewA2AMessage => ({
  messageId: input.messageId,
  sessionId: input.sessionId,
  fromAgentId: input.fromAgentId ?? null,
  toAgentId: input.toAgentId,
  kind: input.kind,
  taskId: input.taskId ?? null,
  parts: input.parts.map(toPart),
  invocationId: input.invocationId ?? null,
  metadata: input.metadata ?? {},
  stateDelta: input.stateDelta ?? null,
  workSessionId: input.workSessionId ?? null,
  handDown: input.handDown ?? [],
  timeoutSeconds: input.timeoutSeconds ?? null,
});

export const toUpdate = (input: UpdateA2ATaskInput): A2ATaskUpdate => ({
  state: input.state,
  reason: input.reason ?? null,
  messageId: input.messageId ?? null,
  parts: (input.parts ?? []).map(toPart),
  metadata: input.metadata ?? {},
  stateDelta: input.stateDelta ?? null,
  workSessionId: input.workSessionId ?? null,
});
