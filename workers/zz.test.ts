import { openTestDatabase } from '../src/testing/database';
import { adminOf } from '../src/testing/actors';
import { createApiKeyStore } from '../src/storage/api-key.store';
import { createMemoryStore } from '../src/storage/memory.store';
import { createBankStore } from '../src/storage/bank.store';
import { createLexiconStore } from '../src/storage/lexicon.store';
import { fingerprint } from '../src/domain/memory/fingerprint';
import { scopeHash, scopeSubsetHashes } from '../src/kernel/scope';
import { newId } from '../src/kernel/ids';
import { planned } from '../src/storage/sql';
test('bench', async () => {
  const db = await openTestDatabase();
  const actor = adminOf('bench');
  await createApiKeyStore(db).ensureTenant('bench');
  await createBankStore(db).ensureDefault(actor, 'default');
  const scope = { user_id: 'u' };
  const vocab = Array.from({ length: 4000 }, (_, i) => 'w' + i.toString(36) + 'x');
  const zipf = () => vocab[Math.floor(4000 ** Math.random()) - 1] ?? 'w';
  const N = Number(process.env.N ?? 20000);
  for (let b = 0; b < N / 1000; b++) {
    const rows = Array.from({ length: 1000 }, (_, i) => { const fact = `Caroline ${Array.from({ length: 8 }, zipf).join(' ')} ${b}-${i}`; return { fact, f: fingerprint({ fact, subject: null, attribute: null, value: null }) }; });
    await db.query(planned('x', `insert into memories (tenant_id,id,bank_id,scope,scope_hash,scope_sub,fact,fact_hash,confidence,tsv,length)
      select $1, t.id, 'default', $2, $3, $4, t.fact, t.h, 1, t.tsv::tsvector, 9 from unnest($5::uuid[], $6::text[], $7::bytea[], $8::text[]) t(id,fact,h,tsv)`),
      [actor.tenantId, JSON.stringify(scope), scopeHash('bench', 'default', scope), scopeSubsetHashes('bench', 'default', scope), rows.map(() => newId()), rows.map((r) => r.fact), rows.map((r) => r.f.factHash), rows.map((r) => r.f.tsv)]);
  }
  await db.query(planned('a', 'analyze'), []);
  await createLexiconStore(db).refresh(actor, 'memories');
  const store = createMemoryStore(db);
  const f = fingerprint({ fact: 'Caroline plays the theremin', subject: null, attribute: null, value: null });
  await db.query(planned('x', `insert into memories (tenant_id,id,bank_id,scope,scope_hash,scope_sub,fact,fact_hash,confidence,tsv,length) values ($1,$2,'default',$3,$4,$5,'Caroline plays the theremin',$6,1,$7,3)`), [actor.tenantId, newId(), JSON.stringify(scope), scopeHash('bench', 'default', scope), scopeSubsetHashes('bench', 'default', scope), f.factHash, f.tsv]);
  console.log('needle', (await store.neighbours(actor, { bankId: 'default', scope }, { fact: 'Caroline is learning the theremin w1x w2x', subject: null, attribute: null, value: null }, 10)).map((m) => m.fact).indexOf('Caroline plays the theremin'));

  const orig = db.query.bind(db);
  const q2 = { ...db, query: async (st: any, v: any) => { if (String(st.text).includes('memory.neighbours')) { const r: any = await orig({ text: 'explain (analyze, buffers) ' + st.text }, v); console.log(v[8], r.map((x: any) => x['QUERY PLAN']).join('\n')); } return orig(st, v); } };
  await createMemoryStore(q2 as any).neighbours(actor, { bankId: 'default', scope }, { fact: `Caroline ${Array.from({ length: 8 }, zipf).join(' ')}`, subject: 'caroline', attribute: 'likes', value: 'tea' }, 10);
  const times: number[] = [];
  for (let i = 0; i < 60; i++) {
    const fact = `Caroline ${Array.from({ length: 8 }, zipf).join(' ')}`;
    const t = performance.now();
    await store.neighbours(actor, { bankId: 'default', scope }, { fact, subject: 'caroline', attribute: 'likes', value: 'tea' }, 10);
    times.push(performance.now() - t);
  }
  times.sort((a, b) => a - b);
  console.log('neighbours', N, 'p50', times[30]?.toFixed(1), 'p95', times[57]?.toFixed(1));
  const tl: number[] = [];
  for (let i = 0; i < 20; i++) { const t = performance.now(); await store.list(actor, { bankId: 'default', scope, match: 'EXACT', includeSuperseded: false }, { limit: 50, after: null }); tl.push(performance.now() - t); }
  const ts: number[] = [];
  for (let i = 0; i < 20; i++) { const t = performance.now(); await store.list(actor, { bankId: 'default', scope, match: 'SUBSET', includeSuperseded: false }, { limit: 50, after: null }); ts.push(performance.now() - t); }
  console.log('list exact', tl.sort((a,b)=>a-b)[10]?.toFixed(1), 'subset', ts.sort((a,b)=>a-b)[10]?.toFixed(1));
  await db.close();
}, 300000);
