import { parseArgs } from 'node:util';
import { appendEvent, connect, createSession, generateMemories, generationProgress, searchMemories, sessionEvents, textOf } from '.';

const SAID = ['I moved to Porto in March.', 'I am allergic to hazelnuts.', 'My sister Clara plays the cello.'];

/** Says three things, hears them back, has them remembered and asks. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string', default: 'http://127.0.0.1:4000' }, key: { type: 'string' } } });
  const client = connect(values.url, { apiKey: values.key });
  try {
    const { createSession: session } = await client.request(createSession, { input: { userId: 'typescript-client' } });
    for (const text of SAID) await client.request(appendEvent, { sessionId: session.id, event: { author: 'USER', authorName: 'Rui', text } });
    for await (const { cursor, event } of client.subscribe(sessionEvents, { sessionId: session.id })) {
      console.log(`event ${cursor}: ${textOf(event)}`);
      if (event.seq === SAID.length) break;
    }
    const { generateMemories: job } = await client.request(generateMemories, { input: { sessionId: session.id } });
    for await (const { phase, status } of client.subscribe(generationProgress, { jobId: job.id })) console.log(`memories: ${phase} ${status}`);
    const { searchMemories: found } = await client.request(searchMemories, { scope: { user_id: 'typescript-client' }, query: 'allergic', topK: 1 });
    console.log(`remembered: ${found.map(({ fact }) => fact).join(', ')}`);
  } finally {
    await client.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
