import { createApiClient } from './client';
import { killAll, makeDataDir, removeDataDir, startProcess } from './process';
import { addPart, created, importOf, jsonLines, openImport, takeOut, untilOver } from './transfers';
import { until } from './until';

afterEach(killAll);

test('an import whose gateway is killed in its midst goes on where it was, and writes nothing twice', async () => {
  const dataDir = await makeDataDir();
  try {
    const facts = 10_000;
    let gateway = await startProcess(dataDir);
    let api = createApiClient(gateway.url);
    const data = jsonLines(...Array.from({ length: facts }, (_, n) => ({ id: `m${n}`, memory: `Fact number ${n} is worth keeping.`, user_id: `user-${n % 50}`, created_at: '2025-01-01T00:00:00Z' })));
    const { id } = await openImport(api, { format: 'MEM0', data: data.slice(0, 900_000), isComplete: false });
    for (let at = 900_000, part = 2; at < data.length; at += 900_000, part += 1) await addPart(api, id, part, data.slice(at, at + 900_000), at + 900_000 >= data.length);
    for (const share of [0.2, 0.5]) {
      const { done, status } = await until('some of it is done', async () => {
        const found = await importOf(api, id);
        return found.done > share * facts ? found : null;
      }, 60_000);
      expect([status, done < facts]).toEqual(['PROCESSING', true]);
      await gateway.stop('SIGKILL');
      gateway = await startProcess(dataDir);
      api = createApiClient(gateway.url);
    }
    const report = await untilOver(api, id);
    expect([report.status, report.done, created(report), report.counts]).toEqual(['COMPLETED', facts, { memory: facts }, [{ kind: 'memory', created: facts, existing: 0, refused: 0 }]]);
    expect((await takeOut(api, ['memory'])).trimEnd().split('\n')).toHaveLength(facts);
    await gateway.stop('SIGTERM');
  } finally {
    await removeDataDir(dataDir);
  }
}, 240_000);
