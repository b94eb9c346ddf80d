import { badInput } from '../../../kernel/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../kernel/json';
import { MAX_FACT_LENGTH } from '../../memory/memory-rules';
import { parseRecord } from '../parse-record';
import type { TransferRecord } from '../records';
import type { ImportOptions } from '../transfer';
import { given, listOf, memoryRecord, objectOf, requiredText, scopeOf, sessionRecords, textOf, timeOf, topicOf, userOf, type Turn } from './drafts';
import { toTurn } from './messages';
import type { Reader } from './reader';

/**
 * Letta's agent file: the present one (`agents` and `blocks`) and the one before (one agent with `core_memory`). An agent becomes a registered
 * agent and a session with its messages; each line of a block becomes a memory, of the agent's pool for `persona`, of the import's for others.
 * System prompts, tools, models and archival passages (which the file does not hold) are not taken.
 */
export const createLettaReader = (options: ImportOptions): Reader => ({ wrappers: [], read: (item) => atMost(MAX_RECORDS, fromFile(options, item)) });

/** Agents share blocks: a small file may name millions of memories, and all are made before the first is told. */
const MAX_RECORDS = 20_000;

function atMost(most: number, records: Iterable<TransferRecord>): TransferRecord[] {
  const all: TransferRecord[] = [];
  for (const record of records) {
    if (all.length >= most) throw badInput('agents', `an agent file becomes at most ${most} records; give its agents one by one`, 'TOO_MANY_RECORDS');
    all.push(record);
  }
  return all;
}

function* fromFile(options: ImportOptions, value: unknown): Generator<TransferRecord, void, undefined> {
  const file = objectOf(value);
  if (Array.isArray(file['agents'])) {
    const blocks = new Map(listOf(file['blocks'], 'blocks').map((block, index) => [requiredText(objectOf(block, `blocks.${index}`)['id'], `blocks.${index}.id`), objectOf(block)]));
    for (const [index, one] of listOf(file['agents'], 'agents').entries()) {
      const agent = objectOf(one, `agents.${index}`);
      const own = listOf(agent['block_ids'], 'block_ids').flatMap((id): JsonObject[] => {
        const block = blocks.get(textOf(id, 'block_ids') ?? '');
        return block === undefined ? [] : [block];
      });
      yield* fromAgent(options, agent, own, timeOf(file['created_at'], 'created_at'));
    }
  } else if (Array.isArray(file['core_memory'])) {
    yield* fromAgent(options, file, listOf(file['core_memory'], 'core_memory').map((block) => objectOf(block, 'core_memory')), timeOf(file['created_at'], 'created_at'));
  } else throw badInput('agents', 'this is no agent file: it has neither `agents` nor `core_memory`', 'UNKNOWN_SHAPE');
}

function* fromAgent(options: ImportOptions, agent: JsonObject, blocks: readonly JsonObject[], fileAt: string | null): Generator<TransferRecord, void, undefined> {
  const id = requiredText(agent['name'] ?? agent['id'], 'name');
  const turns = listOf(agent['messages'], 'messages').flatMap((message, index) => toSaid(objectOf(message, `messages.${index}`), index));
  const at = turns.find((turn) => turn.at !== null)?.at ?? fileAt;
  const made = at ?? new Date(0).toISOString();
  yield parseRecord({
    record: 'agent', id, name: id, description: textOf(agent['description'], 'description') ?? `Came from Letta (${textOf(agent['agent_type'], 'agent_type') ?? 'agent'}).`, version: '1',
    skills: [], inputModes: ['text/plain'], outputModes: ['text/plain'], metadata: given({ letta_tags: agent['tags'] }), heartbeatSeconds: 60, createdAt: made, updatedAt: made,
  });
  for (const block of blocks) yield* fromBlock(options, block, id, at);
  if (turns.length === 0) return;
  yield* sessionRecords({ source: ['letta', id, turns[0]?.source ?? []], userId: userOf(null, options), agentId: id, scope: scopeOf({}, options), metadata: given({ letta_agent: agent['id'] }), createdAt: at }, turns);
}

function* fromBlock(options: ImportOptions, block: JsonObject, agentId: string, at: string | null): Generator<TransferRecord, void, undefined> {
  const label = requiredText(block['label'], 'label');
  const scope = label === 'persona' ? { agent_id: agentId } : scopeOf({}, options);
  const topic = topicOf(label);
  for (const line of linesOf(block)) {
    yield memoryRecord(options, { source: ['letta', agentId, label, line], scope, fact: line, topics: topic === null ? [] : [topic], metadata: { letta_block: label }, createdAt: at });
  }
}

const known = new WeakMap<JsonObject, readonly string[]>();
/** Read once, however many agents have the block. */
function linesOf(block: JsonObject): readonly string[] {
  const there = known.get(block);
  if (there !== undefined) return there;
  const lines = (textOf(block['value'], 'value') ?? '').split('\n').map((line) => line.replace(/^\s*[-*•]\s+/, '').trim()).filter((line) => /[\p{L}\p{N}]/u.test(line)).flatMap(inFacts);
  known.set(block, lines);
  return lines;
}

/** A line that is too long for one memory is cut between its words; one without any, as Chinese is written, between its characters. */
function inFacts(line: string): string[] {
  const facts: string[] = [];
  for (let at = 0; at < line.length;) {
    const piece = line.slice(at, at + MAX_FACT_LENGTH + 1);
    const space = piece.length <= MAX_FACT_LENGTH ? piece.length : piece.search(/\s\S*$/);
    const end = space > 0 ? space : /[\ud800-\udbff]$/.test(piece.slice(0, MAX_FACT_LENGTH)) ? MAX_FACT_LENGTH - 1 : MAX_FACT_LENGTH;
    const fact = piece.slice(0, end).trim();
    if (/[\p{L}\p{N}]/u.test(fact)) facts.push(fact);
    at += end;
  }
  return facts;
}

/**
 * Letta's agents speak by calling `send_message`, and hear of users and of the clock alike in messages of JSON.
 */
function toSaid(message: JsonObject, index: number): Turn[] {
  if (message['role'] === 'system') return [];
  const turn = toTurn(message, [message['id'] ?? index]);
  if (turn.author === 'USER') {
    const packed = jsonOf(turn.text);
    if (packed === null || packed['type'] === undefined) return [turn];
    return [{ ...turn, author: packed['type'] === 'user_message' ? 'USER' : 'SYSTEM', text: textOf(packed['message'], 'message') ?? turn.text }];
  }
  const spoken = listOf(turn.actions?.['toolCalls'], 'tool_calls').flatMap((call) => {
    const said = isJsonObject(call) && call['name'] === 'send_message' && isJsonObject(call['arguments']) ? call['arguments']['message'] : null;
    return typeof said === 'string' ? [said] : [];
  });
  if (spoken.length === 0) return [turn];
  return [{ ...turn, text: spoken.join('\n'), actions: {}, metadata: given({ ...turn.metadata, thoughts: turn.text }) }];
}

function jsonOf(text: string | null): JsonObject | null {
  try {
    const value = JSON.parse(text ?? '') as JsonValue; // a seam: JSON
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
