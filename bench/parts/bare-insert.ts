// The bare limit of keeping something: one INSERT per transaction, through the same handle on the same kind of database.
import { z } from 'zod';
import { parseConfig } from '../../src/config/schema';
import { newId } from '../../src/kernel/ids';
import { createLogger } from '../../src/platform/telemetry/logger';
import { openDatabase } from '../../src/storage/database';
import { prepared } from '../../src/storage/sql';
import { servePart } from '../support/part';

const Task = z.object({ env: z.record(z.string(), z.string()), clients: z.number(), warmupMs: z.number(), durationMs: z.number() });
const INSERT = prepared('bench.insert', 'insert into bench_rows (id, content) values ($1, $2)');
const CONTENT = JSON.stringify([{ type: 'text', text: 'I bought a lamp with three scratches at the market hall.' }]);

servePart(Task, async ({ env, clients, warmupMs, durationMs }) => {
  const database = await openDatabase({ ...parseConfig(env).database, logger: createLogger('error', process.stderr) });
  try {
    await database.query({ text: 'create table if not exists bench_rows (id uuid primary key, content jsonb not null, at timestamptz not null default now())' }, []);
    const run = async (ms: number): Promise<number> => {
      const end = performance.now() + ms;
      let rows = 0;
      await Promise.all(Array.from({ length: clients }, async () => {
        for (; performance.now() < end; rows += 1) await database.transact((sql) => sql.query(INSERT, [newId(), CONTENT]));
      }));
      return rows;
    };
    await run(warmupMs);
    const cpu = process.cpuUsage();
    const started = performance.now();
    const n = await run(durationMs);
    const { user, system } = process.cpuUsage(cpu);
    const perSecond = (n * 1000) / (performance.now() - started);
    await database.query({ text: 'drop table bench_rows' }, []);
    return { n, perSecond, cpuMicros: (user + system) / n };
  } finally {
    await database.close();
  }
});
