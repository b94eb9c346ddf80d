import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, dropDatabase, onServer, withDatabase } from '../production/databases';
import { startTestGateway } from '../gateway';
import { templateUrl } from '../services';
import { createApiClient } from './client';
import { killAll, runTool } from './process';

afterEach(killAll);

test('rows of a query in another PostgreSQL come in by a mapping file, streamed', async () => {
  const template = templateUrl();
  if (template === null) throw new Error('this test needs a server');
  const foreign = withDatabase(template, `foreign_${process.pid}`);
  const folder = await mkdtemp(join(tmpdir(), 'contextiq-rows-'));
  const gateway = await startTestGateway();
  await createDatabase(foreign);
  try {
    await onServer(foreign, 'create table notes (id bigint primary key, body text, owner text, since timestamptz)',
      `insert into notes select n, 'Customer note number ' || n, 'kim', '2025-01-01T00:00:00Z' from generate_series(1, 1500) n`);
    const mapping = join(folder, 'mapping.json');
    await writeFile(mapping, JSON.stringify({ query: 'select * from notes order by id', as: 'memory', columns: { id: 'id', text: 'body', userId: 'owner', validFrom: 'since' } }));
    const run = () => runTool(folder, 'transfer/import', ['--format', 'rows', '--mapping', mapping, '--url', gateway.url], { CONTEXTIQ_IMPORT_DATABASE_URL: foreign });
    expect(await run()).toMatchObject({ code: 0, out: 'memory: 1500 created, 0 there already, 0 refused\n' });
    expect(await run()).toMatchObject({ code: 0, out: 'memory: 0 created, 1500 there already, 0 refused\n' });
    const { searchMemories } = await createApiClient(gateway.url).ask('{ searchMemories(scope: {user_id: "kim"}, query: "note 1234", topK: 1) { fact validFrom } }');
    expect(searchMemories).toEqual([{ fact: 'Customer note number 1234', validFrom: '2025-01-01T00:00:00.000Z' }]);
    await writeFile(mapping, JSON.stringify({ query: 'delete from notes', as: 'memory', columns: { text: 'body' } }));
    expect(await run()).toMatchObject({ code: 1 });
  } finally {
    await gateway.close();
    await dropDatabase(foreign);
    await rm(folder, { recursive: true });
  }
}, 120_000);
