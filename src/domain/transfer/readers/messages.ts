import { badInput } from '../../../kernel/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../kernel/json';
import { given, listOf, textOf, timeOf, type Turn } from './drafts';

/** Messages as OpenAI's API takes them; others name roles and fields after it. */

const AUTHORS: Readonly<Record<string, Turn['author']>> = {
  user: 'USER', human: 'USER', assistant: 'AGENT', ai: 'AGENT', model: 'AGENT', agent: 'AGENT', tool: 'TOOL', function: 'TOOL', system: 'SYSTEM', developer: 'SYSTEM', norole: 'SYSTEM', summary: 'SYSTEM', approval: 'SYSTEM',
};

export function authorOf(role: string, field = 'role'): Turn['author'] {
  const author = AUTHORS[role.toLowerCase().replace(/^.*\./, '')];
  if (author === undefined) throw badInput(field, 'this role is not known', 'UNKNOWN_ROLE');
  return author;
}

/** Text, or parts of which those with text count. */
export function saidIn(content: JsonValue | undefined, field = 'content'): string | null {
  if (content === undefined || content === null || typeof content === 'string') return content ?? null;
  const parts = (isJsonObject(content) ? [content] : listOf(content, field)).flatMap((part) => {
    if (typeof part === 'string') return [part];
    const text = isJsonObject(part) ? (part['text'] ?? part['refusal']) : null;
    return typeof text === 'string' ? [text] : [];
  });
  return parts.length === 0 ? null : parts.join('\n');
}

export function toTurn(message: JsonObject, source: readonly JsonValue[]): Turn {
  const role = textOf(message['role'], 'role');
  if (role === null) throw badInput('role', 'this is no message: it has no `role`', 'UNKNOWN_SHAPE');
  const author = authorOf(role);
  const text = saidIn(message['content']);
  const calls = listOf(message['tool_calls'], 'tool_calls').map(toCall);
  const answered = author === 'TOOL' ? textOf(message['tool_call_id'], 'tool_call_id') : null;
  return {
    source, author, text,
    authorName: textOf(message['name'], 'name'),
    actions: { ...(calls.length === 0 ? {} : { toolCalls: calls }), ...(answered === null ? {} : { toolOutputs: [{ toolCallId: answered, output: text ?? '' }] }) },
    metadata: given({ model: message['model'] }),
    at: timeOf(message['created_at'] ?? message['timestamp'] ?? message['create_time'], 'created_at'),
  };
}

function toCall(value: JsonValue, index: number): JsonObject {
  const call = isJsonObject(value) ? value : {};
  const of = isJsonObject(call['function']) ? call['function'] : call;
  const name = textOf(of['name'], `tool_calls.${index}.function.name`);
  if (name === null) throw badInput(`tool_calls.${index}.function.name`, 'a call names its tool', 'INVALID_VALUE');
  return { id: textOf(call['id'], `tool_calls.${index}.id`) ?? `call-${index + 1}`, name, arguments: parsed(of['arguments'] ?? {}) };
}

/** Arguments are JSON in a text; what is none stays text. */
function parsed(value: JsonValue): JsonValue {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as JsonValue; // a seam: JSON
  } catch {
    return value;
  }
}
