import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConversation, readConversations, SHIPPED_CONVERSATION } from './conversation-file';
import type { Conversation, ConversationTurn } from './conversation';

const NOW = new Date('2026-01-01T12:00:00Z');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conversation-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

let files = 0;
async function write(content: string | Buffer | object, extension = 'json'): Promise<string> {
  const path = join(folder, `talk-${(files += 1)}.${extension}`);
  await writeFile(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content, null, 1));
  return path;
}
const read = async (content: string | Buffer | object, extension?: string): Promise<Conversation> =>
  readConversation(await write(content, extension), { now: NOW });
const turnsOf = (conversation: Conversation): ConversationTurn[] => conversation.sessions.flatMap((session) => session.turns);
const lines = (...values: object[]): string => `${values.map((value) => JSON.stringify(value)).join('\n')}\n`;

describe('the conversation that ships with the demo', () => {
  let shipped: Conversation;
  beforeAll(async () => {
    shipped = await readConversation(SHIPPED_CONVERSATION);
  });

  it('has two speakers, several sessions in time order and at least 120 turns', () => {
    const starts = shipped.sessions.map((session) => session.startedAt.getTime());
    expect(shipped.speakers).toEqual(['Ines', 'Tobias']);
    expect(starts.length).toBeGreaterThanOrEqual(6);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(turnsOf(shipped).length).toBeGreaterThanOrEqual(120);
  });

  it('has a known turn behind every piece of evidence, and evidence behind every question', () => {
    expect(shipped.questions.length).toBeGreaterThanOrEqual(12);
    expect(shipped.questions.filter((question) => question.unknownEvidence > 0 || question.evidence.length === 0)).toEqual([]);
  });

  it('says the same things in the turns that its questions name as evidence', () => {
    const text = new Map(turnsOf(shipped).map((turn) => [turn.id, turn.text]));
    const evidence = (word: string): string =>
      (shipped.questions.find(({ question }) => question.includes(word))?.evidence ?? []).map((id) => text.get(id)).join('\n');
    expect(evidence('Mateo')).toContain('nineteenth of February');
    expect(evidence('Rennrad')).toContain('180 Euro');
    expect(evidence('grandmother')).toContain('noventa años');
    expect(evidence('arrive in Leipzig')).toContain('Sunday the twelfth');
  });
});

describe('ContextIQ’s own layout', () => {
  const own = {
    title: 'Tea',
    speakers: ['Ann', 'Bob'],
    sessions: [
      { date: '2025-03-01T10:00:00Z', turns: [{ speaker: 'Ann', text: 'Hi' }, { speaker: 'Bob', text: '  ' }, { speaker: 'Bob', text: 'Tea?' }] },
      { date: '2025-03-02T10:00:00+02:00', turns: [{ speaker: 'Ann', text: 'More tea' }] },
    ],
    questions: [{ question: 'What?', answer: 'Tea', evidence: ['S1:03, s2:1', 's9:1'] }],
  };

  it('numbers turns from 1, thirty seconds apart, and leaves out blank ones without renumbering', async () => {
    const { sessions } = await read(own);
    expect(sessions.map(({ id, turns }) => [id, turns.map((turn) => [turn.id, turn.author, turn.occurredAt.toISOString()])])).toEqual([
      ['s1', [['s1:1', 'user', '2025-03-01T10:00:00.000Z'], ['s1:3', 'user', '2025-03-01T10:01:00.000Z']]],
      ['s2', [['s2:1', 'user', '2025-03-02T08:00:00.000Z']]],
    ]);
  });

  it('keeps the evidence that names a turn and counts the rest', async () => {
    const { questions } = await read(own);
    expect(questions).toEqual([{ question: 'What?', answer: 'Tea', evidence: ['s1:3', 's2:1'], unknownEvidence: 1 }]);
  });

  it('names file, line and speakers when a turn is by someone else', async () => {
    const path = await write('{"title": "x", "speakers": ["Ann", "Bob"],\n"sessions": [{"date": "2025-03-01T10:00:00Z", "turns": [\n{"speaker": "Ann", "text": "Hi"},\n{"speaker": "Cy", "text": "Hi"}]}]}');
    await expect(readConversation(path)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: `${path}:4: sessions.0.turns.1.speaker: expected one of the speakers Ann and Bob, not "Cy"`,
    });
  });

  it('refuses a date that the calendar does not have', async () => {
    const wrong = { ...own, sessions: [{ date: '2025-02-30T10:00:00Z', turns: [] }] };
    await expect(read(wrong)).rejects.toThrow(/sessions\.0\.date: expected a date in ISO 8601/);
  });
});

describe('OpenAI-style messages', () => {
  const hello = { role: 'user', content: 'Hello' };
  const answer = { role: 'assistant', content: 'Hi there' };

  it.each([
    ['an array', JSON.stringify([hello, answer]), 'json', [2]],
    ['an object with messages', JSON.stringify({ messages: [hello, answer] }), 'json', [2]],
    ['a message per line', lines(hello, answer), 'jsonl', [2]],
    ['a message per line, with a byte order mark and Windows line ends', `\uFEFF${lines(hello, answer).replaceAll('\n', '\r\n')}`, 'jsonl', [2]],
    ['one message', lines(hello), 'jsonl', [1]],
    ['a session per line', lines({ messages: [hello, answer] }, { messages: [hello] }), 'jsonl', [2, 1]],
    ['an array of sessions', JSON.stringify([{ messages: [hello] }, { messages: [hello, answer] }]), 'json', [1, 2]],
  ])('are read from %s', async (_, content, extension, turnCounts) => {
    const conversation = await read(content, extension);
    expect(conversation.sessions.map((session) => session.turns.length)).toEqual(turnCounts);
    expect(turnsOf(conversation)[0]).toMatchObject({ id: 's1:1', speaker: 'The user', author: 'user', text: 'Hello' });
    expect(conversation.title).toMatch(/^talk-\d+$/);
  });

  it('maps every role to an author and takes names where they are', async () => {
    const conversation = await read([
      { role: 'system', content: 'Be kind' },
      { role: 'developer', content: 'Be short' },
      { role: 'user', name: 'Ann', content: 'Weather?' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Ulm"}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'assistant', content: '', function_call: { name: 'clock', arguments: '{"zone": ' } },
      { role: 'function', name: 'clock', content: 'noon' },
      { role: 'assistant', content: 'Sunny.' },
    ]);
    expect(turnsOf(conversation).map(({ author, speaker, text }) => [author, speaker, text])).toEqual([
      ['system', 'System', 'Be kind'],
      ['system', 'System', 'Be short'],
      ['user', 'Ann', 'Weather?'],
      ['agent', 'The assistant', ''],
      ['tool', 'weather', 'sunny'],
      ['agent', 'The assistant', ''],
      ['tool', 'clock', 'noon'],
      ['agent', 'The assistant', 'Sunny.'],
    ]);
    expect(conversation.speakers).toEqual(['Ann', 'The assistant']);
    expect(turnsOf(conversation)[3]?.toolCalls).toEqual([{ id: 'c1', name: 'weather', arguments: { city: 'Ulm' } }]);
    expect(turnsOf(conversation)[4]?.toolCallId).toBe('c1');
    expect(turnsOf(conversation)[5]?.toolCalls).toEqual([{ id: 'clock', name: 'clock', arguments: '{"zone": ' }]);
  });

  it('joins text parts and notes what is no text', async () => {
    const conversation = await read([
      { role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image_url', image_url: { url: 'data:…' } }, { type: 'input_audio' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'Nice' }, { type: 'refusal', refusal: 'No more' }] },
    ]);
    expect(turnsOf(conversation).map((turn) => turn.text)).toEqual(['Look\n[image]\n[audio]', 'Nice\nNo more']);
  });

  it('ends at the given time, a minute apart, when there are no timestamps', async () => {
    const conversation = await read(lines({ messages: [hello, answer] }, { messages: [hello] }), 'jsonl');
    expect(turnsOf(conversation).map((turn) => turn.occurredAt.toISOString())).toEqual([
      '2026-01-01T11:58:00.000Z',
      '2026-01-01T11:59:00.000Z',
      '2026-01-01T12:00:00.000Z',
    ]);
  });

  it.each([
    ['timestamp', '2025-03-01T10:00:00Z'],
    ['created_at', 1740823200],
    ['createdAt', 1740823200000],
    ['date', '2025-03-01 10:00:00'],
    ['date', '2025-03-01T12:00:00+0200'],
    ['timestamp', '1740823200'],
  ])('reads %s %p as the same moment', async (field, value) => {
    const conversation = await read([hello, { ...answer, [field]: value }, hello]);
    expect(turnsOf(conversation).map((turn) => turn.occurredAt.toISOString())).toEqual([
      '2025-03-01T09:59:00.000Z',
      '2025-03-01T10:00:00.000Z',
      '2025-03-01T10:01:00.000Z',
    ]);
  });

  it('starts a session at the timestamp of the object around its messages', async () => {
    const conversation = await read({ created_at: '2025-03-01', messages: [hello, answer] });
    expect(conversation.sessions[0]?.startedAt.toISOString()).toBe('2025-03-01T00:00:00.000Z');
    expect(turnsOf(conversation)[1]?.occurredAt.toISOString()).toBe('2025-03-01T00:01:00.000Z');
  });

  it('mends text that a database cannot store', async () => {
    const conversation = await read('[{"role": "user", "content": "a\\u0000b \\ud83d"}]');
    expect(turnsOf(conversation)[0]?.text).toBe('ab \uFFFD');
  });

  it.each([
    ['unknown role', '[{"role": "user", "content": "a"},\n {"role": "wizard", "content": "b"}]', /:2: 1\.role: unknown role "wizard": expected user, assistant/],
    ['missing role', lines(hello, { content: 'x' }), /:2: role: the role is missing: expected user/],
    ['content of another kind', lines(hello, hello, { role: 'user', content: 5 }), /:3: content: expected text, null or a list/],
    ['timestamp of another form', lines(hello, { ...hello, timestamp: 'soon' }), /:2: timestamp: expected a date .* not "soon"/],
    ['session without messages', lines({ messages: [hello] }, { title: 'x' }), /:2: messages: expected a list of messages/],
  ])('names the line of a message with an %s', async (_, content, message) => {
    await expect(read(content, 'jsonl')).rejects.toThrow(message);
  });
});

describe('the LoCoMo layout', () => {
  const sample = (id: string) => ({
    sample_id: id,
    conversation: {
      speaker_a: 'Ann',
      speaker_b: 'Bob',
      session_2_date_time: '12:05 am on 1 June, 2024',
      session_2: [{ speaker: 'Bob', dia_id: 'D2:1', text: 'Late again', blip_caption: 'a clock' }],
      session_1_date_time: '1:56 pm on 8 May, 2024',
      session_1: [{ speaker: 'Ann', dia_id: 'D1:1', text: 'Hello' }, { speaker: 'Bob', dia_id: 'D1:2', text: 'Hey' }],
      session_3_date_time: '1:56 pm on 9 June, 2024',
    },
    qa: [
      { question: 'How many?', answer: 2, evidence: ['D1:1; D:2:01', 'D1:2 D7:7', 'D'], category: 1 },
      { question: 'Trick?', answer: null, adversarial_answer: 'no', evidence: [], category: 5 },
    ],
  });

  it('is read with sessions in number order, dates in UTC and captions in the text', async () => {
    const { title, speakers, sessions } = await read(sample('x1'));
    expect([title, ...speakers]).toEqual(['x1', 'Ann', 'Bob']);
    expect(sessions.map((session) => [session.id, session.startedAt.toISOString()])).toEqual([
      ['D1', '2024-05-08T13:56:00.000Z'],
      ['D2', '2024-06-01T00:05:00.000Z'],
    ]);
    expect(sessions[1]?.turns[0]?.text).toBe('Late again [shares a photo: a clock]');
    expect(sessions[0]?.turns[1]?.occurredAt.toISOString()).toBe('2024-05-08T13:56:30.000Z');
  });

  it('splits and normalises evidence and counts what names no turn', async () => {
    const { questions } = await read(sample('x1'));
    expect(questions).toEqual([
      { question: 'How many?', answer: '2', evidence: ['D1:1', 'D2:1', 'D1:2'], unknownEvidence: 2, category: 1 },
      { question: 'Trick?', evidence: [], unknownEvidence: 0, category: 5 },
    ]);
  });

  it('gives the first conversation of an array, or all of them', async () => {
    const path = await write([sample('x1'), sample('x2')]);
    expect((await readConversation(path)).title).toBe('x1');
    expect((await readConversations(path)).map((conversation) => conversation.title)).toEqual(['x1', 'x2']);
  });

  it('names the line of a date of another form', async () => {
    const path = await write('[{"conversation": {"speaker_a": "A", "speaker_b": "B",\n\n"session_1_date_time": "8 May",\n"session_1": [{"speaker": "A", "dia_id": "D1:1", "text": "x"}]}}]');
    await expect(readConversation(path)).rejects.toThrow(`${path}:3: 0.conversation.session_1_date_time: expected a date such as "1:56 pm on 8 May, 2023", not "8 May"`);
  });
});

describe('a file that is no conversation', () => {
  it.each([
    ['is empty', ' \n', 'EMPTY_FILE', /the file is empty: expected a conversation/],
    ['is prose', 'Dear diary,\ntoday', 'NOT_JSON', /:1: expected JSON or JSONL/],
    ['has a broken line', '{\n"title": "x",\n"speakers": [ann]\n}', 'NOT_JSON', /:3: expected JSON or JSONL/],
    ['has a broken line among good ones', '{"role": "user", "content": "a"}\n\n{"role": "user", "content": }\n', 'NOT_JSON', /:3: expected JSON or JSONL/],
    ['is a number', '42', 'UNKNOWN_FORMAT', /:1: no known format: expected "sessions"/],
    ['is some other object', '{"name": "contextiq"}', 'UNKNOWN_FORMAT', /:1: no known format: expected "sessions"/],
    ['is a list of other things', '[1, 2]', 'UNKNOWN_FORMAT', /no known format/],
    ['has lines of other objects', '{"a": 1}\n{"a": 2}', 'UNKNOWN_FORMAT', /no known format/],
    ['has no messages', '[]', 'NO_TURNS', /it has no turns/],
    ['has only empty messages', '{"messages": [{"role": "assistant", "content": ""}]}', 'NO_TURNS', /it has no turns/],
    ['has sessions without turns', '{"title": "x", "speakers": ["A", "B"], "sessions": []}', 'NO_TURNS', /it has no turns/],
    ['is no UTF-8', Buffer.from([0x5b, 0xff, 0xfe, 0x5d]), 'UNREADABLE_FILE', /it is no UTF-8 text/],
  ])('is refused when it %s', async (_, content, reason, message) => {
    const path = await write(content);
    const failure: unknown = await readConversation(path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'file', reason } });
    expect(String(failure)).toMatch(message);
    expect(String(failure)).toContain(path);
  });

  it('is refused when it does not exist or is a folder', async () => {
    await expect(readConversation(join(folder, 'nowhere.json'))).rejects.toThrow(/there is no such file/);
    await expect(readConversation(folder)).rejects.toThrow(/it cannot be read \(EISDIR\)/);
  });
});
