import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { connect } from '../typescript-client';
import { startAgent } from './agent';
import { TOOLS } from './clock';

const OPTIONS = {
  url: { type: 'string', default: 'http://127.0.0.1:4000' },
  key: { type: 'string' },
  model: { type: 'string', default: 'gpt-5-mini' },
  'model-url': { type: 'string', default: 'https://api.openai.com/v1' },
  user: { type: 'string', default: 'ann' },
} as const;

/** One line, one turn; the end of the input ends the session, and the next run knows what was said. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const client = connect(values.url, { apiKey: values.key });
  try {
    // The SDK reads OPENAI_API_KEY by itself.
    const openai = new OpenAI({ baseURL: values['model-url'] });
    const agent = await startAgent({ client, openai, model: values.model, instructions: 'You are a friendly assistant. Be brief.', tools: TOOLS, userId: values.user });
    for await (const line of createInterface({ input: process.stdin })) {
      if (line.trim() !== '') console.log(await agent.reply(line));
    }
    await agent.end();
    console.log('Remembered.');
  } finally {
    await client.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
