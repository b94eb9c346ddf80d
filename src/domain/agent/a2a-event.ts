import type { JsonObject } from '../../kernel/json';
import type { ContentPart, NewEvent } from '../session/event';
import type { A2AMessage, A2AMessageKind, A2APart } from './a2a';

const EVENT_TYPES: Readonly<Record<A2AMessageKind, string>> = { REQUEST: 'agent_request', RESPONSE: 'agent_response', NOTIFICATION: 'agent_notification' };

/** The message as what happened in a session: found and remembered like anything else that was said there. */
export function eventOf(message: Omit<A2AMessage, 'seq' | 'createdAt'>, eventId: string, stateDelta: JsonObject | null): NewEvent {
  const { id, messageId, taskId, kind, fromAgentId, toAgentId, invocationId, parts } = message;
  return {
    id: eventId,
    author: fromAgentId === null ? 'USER' : 'AGENT',
    authorName: fromAgentId,
    invocationId,
    content: parts.map(toContent),
    actions: {
      ...(stateDelta === null ? {} : { stateDelta }),
      ...(kind === 'NOTIFICATION' || toAgentId === null ? {} : { transferTo: toAgentId }),
    },
    metadata: { type: EVENT_TYPES[kind], a2aMessageId: id, messageId, taskId, fromAgentId, toAgentId },
  };
}

function toContent({ text, data, url, filename, mediaType }: A2APart): ContentPart {
  if (text !== undefined) return { type: 'text', text };
  if (url === undefined) return { type: 'data', mediaType: mediaType ?? 'application/json', data: data ?? null };
  return { type: 'data', mediaType: mediaType ?? 'application/octet-stream', data: { url, ...(filename === undefined ? {} : { filename }) } };
}
