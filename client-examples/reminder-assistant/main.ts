import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { appendEvent, connect, createSession, findSessions, openSession, sessionEvents, textOf, type ContextIQ } from '../typescript-client';
import { assist } from './assistant';
import { schedule } from './scheduler';

const AGENT = 'reminder-assistant';

/** The user's one session with the assistant, in whichever run it began. */
async function findSession(client: ContextIQ, userId: string): Promise<string> {
  const { sessions: [known] } = await client.request(findSessions, { userId, agentId: AGENT, limit: 1 });
  return known?.id ?? (await client.request(createSession, { input: { userId, agentId: AGENT } }, `${AGENT}:${userId}`)).createSession.id;
}

/** The page: it appends what the user types and shows what the session says, replies and due reminders alike. */
async function show(client: ContextIQ, sessionId: string, signal: AbortSignal): Promise<void> {
  const { lastSeq } = await openSession(client, sessionId);
  for await (const { event } of client.subscribe(sessionEvents, { sessionId }, { after: String(lastSeq), signal })) {
    if (event.author !== 'USER') console.log(event.authorName === 'reminder' ? `⏰ ${textOf(event)}` : textOf(event));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string', default: 'http://127.0.0.1:4000' }, key: { type: 'string' }, user: { type: 'string', default: 'ann' } } });
  const client = connect(values.url, { apiKey: values.key });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    const sessionId = await findSession(client, values.user);
    const running = Promise.all([show, assist, schedule].map((run) => run(client, sessionId, stop.signal)));
    console.log('Try “remind me to stretch in ten seconds” or “add milk to my shopping list”. Ctrl-C ends.');
    createInterface({ input: process.stdin }).on('line', (text) => {
      client.request(appendEvent, { sessionId, event: { author: 'USER', text, occurredAt: new Date().toISOString() } }).catch(console.error);
    });
    await running;
  } finally {
    process.stdin.destroy();
    await client.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
