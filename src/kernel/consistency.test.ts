import { decodeConsistencyToken, encodeConsistencyToken, mergeConsistencyTokens } from './consistency';
import { newId } from './ids';

const at = new Date('2024-05-01T12:00:00.123Z');

test('a token comes back as it went in', () => {
  for (const generations of [[], [newId(), newId()]]) {
    const token = { tenantId: 't', at, generations };
    expect(decodeConsistencyToken(encodeConsistencyToken(token), 't')).toEqual(token);
    expect(encodeConsistencyToken(token)).toMatch(/^[\w-]+$/);
  }
});

test('merged tokens cover the latest time and every generation', () => {
  const [a, b] = [newId(), newId()];
  const merged = mergeConsistencyTokens([
    encodeConsistencyToken({ tenantId: 't', at, generations: [a] }), encodeConsistencyToken({ tenantId: 't', at: new Date(0), generations: [b, a] }),
  ]);
  expect(decodeConsistencyToken(merged, 't')).toEqual({ tenantId: 't', at, generations: [a, b] });
});

test.each([
  ['another tenant’s', encodeConsistencyToken({ tenantId: 'other', at, generations: [] })],
  ['nothing', ''],
  ['words', 'hello'],
  ['JSON of another shape', Buffer.from('{"v":1}').toString('base64url')],
  ['another version', Buffer.from(JSON.stringify({ v: 2, t: 't', at })).toString('base64url')],
  ['a time that is none', Buffer.from(JSON.stringify({ v: 1, t: 't', at: 'soon' })).toString('base64url')],
  ['generations that are no ids', Buffer.from(JSON.stringify({ v: 1, t: 't', at, g: ["x' or 1"] })).toString('base64url')],
  ['endless text', 'A'.repeat(20_000)],
])('%s is refused as a token', (_, token) => {
  expect(() => decodeConsistencyToken(token, 't')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field: 'waitFor', reason: 'BAD_CONSISTENCY_TOKEN' } }));
});
