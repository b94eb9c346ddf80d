import { readFileSync } from 'node:fs';
import { openTestDatabase } from '../src/testing/database';
import { createGenerationWorld } from '../src/testing/generation-world';
import { createOfflineExtractor } from '../src/domain/extraction/offline/offline-extractor';
import { createHashEmbedder } from '../src/platform/embedding/hash.embedder';
test('bench', async () => {
  const db = await openTestDatabase();
  const labels = new Map<string, [number, number]>();
  const wrap = (sql: any): any => ({ query: async (st: any, v: any) => { const t = performance.now(); try { return await sql.query(st, v); } finally { const l = /\/\* (\S+) \*\//.exec(st.text)?.[1] ?? '?'; const e = labels.get(l) ?? [0, 0]; e[0]++; e[1] += performance.now() - t; labels.set(l, e); } }, transact: (w: any) => sql.transact((tx: any) => w(wrap(tx))), afterCommit: (c: any) => sql.afterCommit(c) });
  const world = createGenerationWorld(db, { extractor: createOfflineExtractor(), embedder: createHashEmbedder(), sqlOfHandlers: wrap });
  const actor = await world.newTenant();
  const data = JSON.parse(readFileSync('/work/shared/data/locomo-1-5.json', 'utf8'));
  const conv = data[0].conversation;
  const { id } = await world.sessions.create(actor, { userId: 'u1' });
  let n = 0;
  for (let s = 1; conv[`session_${s}`]; s++) {
    const turns = conv[`session_${s}`];
    const base = new Date(Date.UTC(2023, 4, s));
    for (let i = 0; i < turns.length; i += 50) { const ev = turns.slice(i, i + 50).map((t: any, k: number) => ({ author: 'USER' as const, authorName: t.speaker, content: [{ type: 'text' as const, text: t.text || '.' }], occurredAt: new Date(base.getTime() + (i + k) * 60000) })); n += ev.length; await world.events.append(actor, id, ev); }
  }
  for (let round = 0; round < 2; round++) {
    labels.clear();
    const g = await world.generations.generate(actor, { source: { sessionId: id } });
    const t = performance.now();
    for (let jobs = await world.jobsOf(actor); jobs.length; jobs = await world.jobsOf(actor)) for (const j of jobs) { const t1 = performance.now(); await world.handlers.run(j.name, j.payload, new AbortController().signal); await world.finishJob(actor, j.id); console.log(j.name, (performance.now() - t1).toFixed(0)); }
    console.log('turns', n, 'ms', (performance.now() - t).toFixed(0), JSON.stringify([...(await world.generations.outcomes(actor, g.id))]), 'left', (await world.generations.get(actor, g.id)).leftOutCount);
    console.log([...labels].sort((a, b) => b[1][1] - a[1][1]).map(([l, [c, ms]]) => `${l} ${c} ${ms.toFixed(0)}`).join('\n'));
  }
  const sup = (await world.memoryService.list(actor, { bankId: 'default', scope: { user_id: 'u1' }, match: 'EXACT', includeSuperseded: true }, { limit: 200, after: null })).items.filter((m) => m.supersededBy);
  const all = await db.query({ text: `select m.fact, n.fact as by from memories m join memories n on n.id = m.superseded_by where m.tenant_id = $1 limit 30` }, [actor.tenantId]);
  console.log(sup.length, JSON.stringify(all, null, 0).slice(0, 6000));
  const conf = await db.query({ text: `select c.candidate->>'fact' as cand, c.outcome, c.reason, m.fact from generation_candidates c join memories m on m.id = c.memory_id where c.tenant_id = $1 and c.outcome in ('UPDATED','UNCHANGED') and c.generation_id = (select min(id::text)::uuid from generations where tenant_id=$1) limit 60` }, [actor.tenantId]);
  console.log(conf.map((r: any) => `${r.outcome} [${r.reason}] ${r.cand} || ${r.fact}`).join('\n'));
  await db.close();
}, 300000);
