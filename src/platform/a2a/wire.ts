import { z } from 'zod';
import type { JsonValue } from '../../kernel/json';
import { isStorableText } from '../../kernel/scope';
import { REMOTE_STATES, type Outgoing, type RemoteInterface, type RemoteMessage, type RemotePart, type RemoteReply, type RemoteTask } from './remote-agents.port';

/** ProtoJSON of A2A 1.0: absent and empty mean the same. Fields that are not read here may be anything. */
const id = z.string().min(1).max(1000).refine(isStorableText);
const optionalId = z.string().max(1000).refine(isStorableText).optional().transform((text) => (text === undefined || text === '' ? null : text));
const optionalText = z.string().max(1000).optional().transform((text) => (text === '' ? undefined : text));

const Part = z
  .object({ text: z.string().optional(), raw: z.string().optional(), url: z.string().optional(), data: z.unknown().optional(), filename: optionalText, mediaType: optionalText })
  .transform(({ text, raw, url, data, filename, mediaType }): RemotePart => ({
    ...(text === undefined ? {} : { text }),
    ...(raw === undefined ? {} : { raw }),
    ...(url === undefined ? {} : { url }),
    // It is a value of JSON: all of this was parsed from a text.
    ...(data === undefined ? {} : { data: data as JsonValue }),
    ...(filename === undefined ? {} : { filename }),
    ...(mediaType === undefined ? {} : { mediaType }),
  }));
const parts = z.array(Part).max(1000).default([]);
const Message = z.object({ messageId: id, contextId: optionalId, parts });
const state = z.string().transform((text) => text.replace(/^TASK_STATE_/, '')).pipe(z.enum(REMOTE_STATES));
const Task = z
  .object({
    id,
    contextId: optionalId,
    status: z.object({ state, message: Message.nullish() }),
    artifacts: z.array(z.object({ parts })).max(1000).nullish(),
  })
  .transform(({ id: taskId, contextId, status, artifacts }): RemoteTask => ({
    id: taskId, contextId, state: status.state, message: toMessage(status.message), artifacts: (artifacts ?? []).flatMap((artifact) => artifact.parts),
  }));

const toMessage = (message: z.infer<typeof Message> | null | undefined): RemoteMessage | null =>
  message === null || message === undefined ? null : { messageId: message.messageId, parts: message.parts };

export const parseTask = (value: unknown): RemoteTask => Task.parse(value);

const Reply = z.union([z.object({ task: Task }), z.object({ message: Message })]);

export const parseReply = (value: unknown): RemoteReply => {
  const reply = Reply.parse(value);
  if ('task' in reply) return { kind: 'task', task: reply.task };
  const { messageId, contextId, parts: said } = reply.message;
  return { kind: 'message', contextId, message: { messageId, parts: said } };
};

const Card = z.object({
  supportedInterfaces: z.array(z.object({ url: z.string().max(4000).refine(isStorableText), protocolBinding: z.string(), protocolVersion: z.string().default(''), tenant: optionalId })).max(100).default([]),
});

/** The first interface that can be called from here, in the agent's order of preference; null when there is none. */
export function parseCard(value: unknown): RemoteInterface | null {
  for (const { url, protocolBinding: binding, protocolVersion, tenant } of Card.parse(value).supportedInterfaces) {
    if (/^1\.\d+$/.test(protocolVersion) && (binding === 'JSONRPC' || binding === 'HTTP+JSON') && URL.canParse(url)) return { url, binding, tenant };
  }
  return null;
}

export const Rpc = z.object({ result: z.unknown().optional(), error: z.object({ code: z.number(), message: z.string().default('') }).nullish() });

/** SendMessageRequest. */
export const sendRequest = ({ messageId, parts: said, taskId, contextId, metadata }: Outgoing) => ({
  message: {
    messageId, role: 'ROLE_USER', parts: said, metadata,
    ...(taskId === null ? {} : { taskId }),
    ...(contextId === null ? {} : { contextId }),
  },
  configuration: { returnImmediately: true },
});
