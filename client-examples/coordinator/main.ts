import { parseArgs } from 'node:util';
import { connect, createSession } from '../typescript-client';
import { coordinate, openSpecialists } from './coordinator';
import { work } from './specialist';
import { SKILLS, TASKS } from './trip';

/** Plans a trip with three specialists. They run in this process; each could as well run in one of its own. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string', default: 'http://127.0.0.1:4000' }, key: { type: 'string' } } });
  const client = connect(values.url, { apiKey: values.key });
  const stop = new AbortController();
  try {
    const { createSession: parent } = await client.request(createSession, { input: { userId: 'ann', agentId: 'coordinator' } });
    const specialists = await openSpecialists(client, parent.id, Object.keys(SKILLS));
    const working = Object.entries(SKILLS).map(([name, skill]) => work(client, specialists.get(name) ?? '', name, skill, stop.signal));
    const results = await Promise.race([coordinate(client, parent.id, specialists, TASKS), ...working]);
    stop.abort();
    await Promise.all(working);
    console.log(results);
  } finally {
    await client.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
