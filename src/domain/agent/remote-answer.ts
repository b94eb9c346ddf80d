import type { RemoteMessage, RemotePart, RemoteReply } from '../../platform/a2a/remote-agents.port';
import { GatewayError } from '../../kernel/errors';
import type { A2AMessage, A2APart, A2ATask, A2ATaskUpdate } from './a2a';
import { isAnswered } from './a2a';
import { requireUpdate } from './a2a-rules';
import { hashOf } from './a2a-writing';

export type KeptUpdate = A2ATaskUpdate & { readonly messageId: string };

/**
 * What a reply says of its task, in the words of an agent that answers here; null when it says nothing new. A message by itself is the whole
 * answer. The message id follows from what was said, so that the same words, read twice, are kept once.
 * @throws GatewayError INTERNAL_SERVER_ERROR when it cannot be kept
 */
export function updateOf(reply: RemoteReply, task: Pick<A2ATask, 'id' | 'state'>): KeptUpdate | null {
  const state = reply.kind === 'message' ? 'COMPLETED' : reply.task.state;
  const said = reply.kind === 'message' ? reply.message : reply.task.message;
  const artifacts = reply.kind === 'task' && isAnswered(state) ? reply.task.artifacts : [];
  const parts = [...(said?.parts ?? []), ...artifacts].map(toPart);
  if (parts.length === 0 && (state === task.state || state === 'SUBMITTED')) return null;
  // Its step here was SUBMITTED with the request.
  const update: A2ATaskUpdate = { state: state === 'SUBMITTED' ? 'WORKING' : state, reason: null, messageId: null, parts, metadata: {}, stateDelta: null, workSessionId: null };
  try {
    // Before anything goes down into it: it may nest as deep as it is long.
    requireUpdate(update);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError('INTERNAL_SERVER_ERROR', `the agent’s answer cannot be kept: ${error.message}`, { reason: 'REMOTE_PROTOCOL_ERROR' });
  }
  return { ...update, messageId: `remote ${hashOf({ task: task.id, state, parts, saidAs: said?.messageId ?? null }).toString('hex')}` };
}

/** Bytes have no part of their own here: they are data, as base64. */
function toPart({ text, raw, url, data, filename, mediaType }: RemotePart): A2APart {
  const media = mediaType === undefined ? {} : { mediaType };
  if (url !== undefined) return { url, ...media, ...(filename === undefined ? {} : { filename }) };
  if (raw !== undefined) return { data: { raw, ...(filename === undefined ? {} : { filename }) }, mediaType: mediaType ?? 'application/octet-stream' };
  return text === undefined ? { ...media, data: data ?? null } : { text, ...media };
}

/** The other agent knows nothing of this gateway's names: the message goes by its id, which no other bears. */
export const outgoing = ({ id, parts }: A2AMessage): RemoteMessage => ({ messageId: id, parts });
