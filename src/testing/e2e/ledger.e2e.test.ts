import { createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import type { Gateway } from '../../gateway';
import { planned } from '../../storage/sql';
import { startTestGateway } from '../gateway';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';

let gateway: Gateway;
let tenants = 0;
beforeAll(async () => { gateway = await startTestGateway({ auth: { kind: 'keys' } }); }, 60_000);
afterAll(() => gateway.close());

const sql = (text: string, values: readonly unknown[] = []) => gateway.composition.platform.database.query<Record<string, string>>(planned('test.ledger', text), values);
const LOG = 'mutation($input: LogDecisionInput!, $key: String) { logDecision(input: $input, idempotencyKey: $key) { cid seq previous at principalId text reasoning alternatives confidence agentId sessionId evidence metadata scope isErased session { userId } } }';
const VERIFY = 'query($after: Int, $known: ID) { verifyLedger(after: $after, knownCid: $known) { isValid checked erased head { seq cid } firstBroken { seq cid fault } nextAfter } }';

type Answer = Awaited<ReturnType<ApiClient['ask']>>;

/** A tenant with a chain of its own. */
async function newTenant(): Promise<{ tenant: string; api: ApiClient; log(input: object, key?: string): Promise<Answer>; verify(options?: object): Promise<Answer>; key(limits: readonly object[]): Promise<ApiClient> }> {
  const tenant = `ledger-${(tenants += 1)}`;
  const key = (limits: readonly object[]): Promise<ApiClient> => keyedClient(gateway, tenant, limits);
  const api = await key([]);
  return {
    tenant, api, key,
    log: async (input, idempotencyKey) => (await api.ask(LOG, { input: { scope: { user_id: 'mara' }, ...input }, key: idempotencyKey ?? null })).logDecision,
    verify: async (options = {}) => (await api.ask(VERIFY, options)).verifyLedger,
  };
}

/** What only someone with the database's own rights could do. */
async function tamper(text: string, values: readonly unknown[]): Promise<void> {
  await sql('alter table ledger_entries disable trigger ledger_entries_append_only');
  await sql(text, values);
  await sql('alter table ledger_entries enable trigger ledger_entries_append_only');
}

describe('the decision ledger', () => {
  it('gives back what was logged, under a CID that is the hash of the entry', async () => {
    const { tenant, api, log } = await newTenant();
    const { createSession: { id } } = await api.ask('mutation { createSession(input: {userId: "mara", scope: {user_id: "mara", project: "attic"}}) { id } }');
    const input = {
      text: 'Sell the walnuts.', reasoning: 'They take up the attic.', alternatives: ['Eat them.', 'Plant them.'], confidence: 0.75,
      agentId: 'trader', sessionId: id, evidence: ['event-1'], metadata: { price: 12.5, deep: { z: 1, a: [null] } },
    };
    const { logDecision } = await api.ask(LOG, { input });
    expect(logDecision).toMatchObject({ ...input, seq: 1, previous: null, isErased: false, scope: { user_id: 'mara', project: 'attic' }, session: { userId: 'mara' } });
    const second = await log({ text: 'Keep one.' });
    expect(second).toMatchObject({ seq: 2, previous: logDecision.cid });
    expect((await api.ask('query($cid: ID!) { decision(cid: $cid) { text seq } }', { cid: second.cid })).decision).toEqual({ text: 'Keep one.', seq: 2 });

    const [row] = await sql('select block from ledger_entries where tenant_id = $1 and seq = 2', [tenant]);
    const cid = CID.parse(second.cid);
    expect([cid.version, cid.code]).toEqual([1, 0x0200]);
    expect(Buffer.from(cid.multihash.digest)).toEqual(createHash('sha256').update(row?.['block'] ?? '').digest());
    expect(row?.['block']).not.toContain('Keep one');
  });

  it('chains what is logged at once, each entry once', async () => {
    const { log, verify } = await newTenant();
    const entries = await Promise.all(Array.from({ length: 20 }, (_, n) => log({ text: `Decision ${n % 10}` }, `key-${n % 10}`)));
    expect(new Set(entries.map(({ cid }) => cid)).size).toBe(10);
    expect([...new Set(entries.map(({ seq }) => seq))].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
    expect(await verify()).toMatchObject({ isValid: true, checked: 10, firstBroken: null, nextAfter: null });
  });

  it('lists the newest first, by session and agent, page by page', async () => {
    const { api, log } = await newTenant();
    for (const n of [1, 2, 3, 4, 5]) await log({ text: `Decision ${n}`, agentId: n % 2 === 0 ? 'even' : 'odd' });
    const { decisions } = await api.ask('{ decisions(agentId: "odd") { text } }');
    expect(decisions.map(({ text }: { text: string }) => text)).toEqual(['Decision 5', 'Decision 3', 'Decision 1']);
    const seen: number[] = [];
    for (let after: string | null = null; ;) {
      const { decisionsConnection }: Answer = await api.ask('query($after: String) { decisionsConnection(first: 2, after: $after) { nodes { seq } pageInfo { hasNextPage endCursor } } }', { after });
      seen.push(...decisionsConnection.nodes.map(({ seq }: { seq: number }) => seq));
      if (!decisionsConnection.pageInfo.hasNextPage) break;
      after = decisionsConnection.pageInfo.endCursor;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('shows a key limited to scopes the decisions of these alone, and no chain', async () => {
    const { log, key } = await newTenant();
    const mine = await log({ text: 'Mine.' });
    const other = await log({ text: 'Not mine.', scope: { user_id: 'otto' } });
    const limited = await key([{ user_id: 'mara' }]);
    expect(await limited.ask('query($a: ID!, $b: ID!) { a: decision(cid: $a) { text } b: decision(cid: $b) { text } decisions { text } }', { a: mine.cid, b: other.cid }))
      .toEqual({ a: { text: 'Mine.' }, b: null, decisions: [{ text: 'Mine.' }] });
    expect(await limited.refusal(VERIFY)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await limited.refusal(LOG, { input: { text: 'x', scope: { user_id: 'otto' } } })).toMatchObject({ extensions: { code: 'FORBIDDEN', field: 'input.scope' } });
  });

  it.each([
    ['no scope and no session', { text: 'x', scope: null }, 'input.scope', 'BAD_USER_INPUT'],
    ['an unknown session', { text: 'x', sessionId: '0195e7b0-0000-7000-8000-000000000000', scope: null }, 'input.sessionId', 'NOT_FOUND'],
    ['nothing decided', { text: ' ' }, 'input.text', 'BAD_USER_INPUT'],
    ['too sure', { text: 'x', confidence: 1.5 }, 'input.confidence', 'BAD_USER_INPUT'],
    ['an empty alternative', { text: 'x', alternatives: ['a', ''] }, 'input.alternatives.1', 'BAD_USER_INPUT'],
  ])('refuses %s and logs nothing', async (_, input, field, code) => {
    const { api, verify } = await newTenant();
    expect(await api.refusal(LOG, { input: { scope: { user_id: 'mara' }, ...input } })).toMatchObject({ extensions: { code, field } });
    expect(await verify()).toMatchObject({ isValid: true, checked: 0, head: null });
  });
});

describe('tampering with the ledger', () => {
  it('is refused by the database itself', async () => {
    const { tenant, log } = await newTenant();
    await log({ text: 'Stay.' });
    await expect(sql(`update ledger_entries set block = '{}' where tenant_id = $1`, [tenant])).rejects.toThrow('append-only');
    await expect(sql('delete from ledger_entries where tenant_id = $1', [tenant])).rejects.toThrow();
  });

  const CHANGES: [string, string, { seq: number; fault: string }][] = [
    ['a word in a record', `update ledger_records set content = replace(content, 'number 3', 'number 9') where tenant_id = $1 and seq = 3`, { seq: 3, fault: 'RECORD_CHANGED' }],
    ['a record with another salt', `update ledger_records set salt = '\\x00' where tenant_id = $1 and seq = 2`, { seq: 2, fault: 'RECORD_CHANGED' }],
    ['a time in an entry', `update ledger_entries set block = replace(block, '"at":"2', '"at":"1') where tenant_id = $1 and seq = 4`, { seq: 4, fault: 'CONTENT_CHANGED' }],
    ['an entry that is no JSON', `update ledger_entries set block = '{' where tenant_id = $1 and seq = 1`, { seq: 1, fault: 'CONTENT_CHANGED' }],
    ['an entry that was taken out', `with r as (delete from ledger_records where tenant_id = $1 and seq = 3) delete from ledger_entries where tenant_id = $1 and seq = 3`, { seq: 3, fault: 'MISSING' }],
    ['the newest one taken off', `with r as (delete from ledger_records where tenant_id = $1 and seq = 5) delete from ledger_entries where tenant_id = $1 and seq = 5`, { seq: 5, fault: 'MISSING' }],
    ['another head', `update ledger_heads set cid = 'other' where tenant_id = $1`, { seq: 5, fault: 'HEAD_CHANGED' }],
  ];
  it.each(CHANGES)('is found: %s', async (_, change, found) => {
    const { tenant, log, verify } = await newTenant();
    for (const n of [1, 2, 3, 4, 5]) await log({ text: `Decision number ${n}` });
    expect(await verify()).toMatchObject({ isValid: true, checked: 5 });
    await sql('alter table ledger_records drop constraint ledger_records_tenant_id_seq_fkey');
    await tamper(change, [tenant]);
    await sql('delete from ledger_records r where not exists (select 1 from ledger_entries e where e.tenant_id = r.tenant_id and e.seq = r.seq)');
    await sql('alter table ledger_records add constraint ledger_records_tenant_id_seq_fkey foreign key (tenant_id, seq) references ledger_entries (tenant_id, seq)');
    expect(await verify()).toMatchObject({ isValid: false, firstBroken: found });
  });

  it('is found by the CID that somebody noted, where a whole chain was rewritten', async () => {
    const { log, verify } = await newTenant();
    const { cid } = await log({ text: 'Noted elsewhere.' });
    expect(await verify({ known: cid })).toMatchObject({ isValid: true });
    const { cid: other } = await (await newTenant()).log({ text: 'Of another tenant.' });
    expect(await verify({ known: other })).toMatchObject({ isValid: false, firstBroken: { seq: 0, cid: other, fault: 'UNKNOWN_ENTRY' } });
  });

  it('an erased record leaves the chain whole', async () => {
    const { tenant, api, log, verify } = await newTenant();
    const { cid } = await log({ text: 'Forget me.' });
    await log({ text: 'Keep me.' });
    await sql('delete from ledger_records where tenant_id = $1 and seq = 1', [tenant]);
    expect(await verify()).toMatchObject({ isValid: true, checked: 2, erased: 1 });
    expect((await api.ask('query($cid: ID!) { decision(cid: $cid) { text isErased seq } }', { cid })).decision).toEqual({ text: null, isErased: true, seq: 1 });
    expect((await api.ask('{ decisions { text } }')).decisions).toEqual([{ text: 'Keep me.' }]);
  });

  it('goes on where a check left off', async () => {
    const { log, verify } = await newTenant();
    for (const n of [1, 2, 3]) await log({ text: `Decision ${n}` });
    expect(await verify({ after: 2 })).toMatchObject({ isValid: true, checked: 1 });
    expect(await verify({ after: 9 })).toMatchObject({ isValid: false, firstBroken: { seq: 9, fault: 'MISSING' } });
  });
});
