import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { connect, type ContextIQ } from '../typescript-client';
import { hierarchical } from './hierarchical';
import { hybridMemory } from './hybrid-memory';
import { privateMemory } from './private-memory';
import { separate } from './separate';
import { sharedMemory } from './shared-memory';
import { unified } from './unified';

const PATTERNS: Readonly<Record<string, (client: ContextIQ) => Promise<unknown>>> = {
  unified,
  separate,
  hierarchical,
  'shared-memory': (client) => sharedMemory(client, randomUUID()),
  'private-memory': (client) => privateMemory(client, randomUUID()),
  'hybrid-memory': (client) => hybridMemory(client, randomUUID()),
};

/** Runs the patterns that are named, or all of them. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { url: { type: 'string', default: 'http://127.0.0.1:4000' }, key: { type: 'string' } } });
  const client = connect(values.url, { apiKey: values.key });
  try {
    for (const name of positionals.length === 0 ? Object.keys(PATTERNS) : positionals) {
      const pattern = PATTERNS[name];
      if (pattern === undefined) throw new Error(`there is no pattern ${name}: ${Object.keys(PATTERNS).join(', ')}`);
      console.log(`${name}:`);
      console.dir(await pattern(client), { depth: null });
    }
  } finally {
    await client.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
