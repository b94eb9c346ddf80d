import fc from 'fast-check';
import { shareOut, type Part } from './budget';

const PARTS: readonly Part[] = ['WORKING', 'ESTABLISHED', 'RELATED', 'EPISODIC', 'SENSORY'];

test('what one part leaves, the others get in proportion', () => {
  expect(shareOut(1000, { EPISODIC: 5000 })).toMatchObject({ EPISODIC: 1000, SENSORY: 0 });
  expect(shareOut(700, { EPISODIC: 5000, SENSORY: 5000, RELATED: 5000 })).toMatchObject({ EPISODIC: 350, SENSORY: 200, RELATED: 150 });
  expect(shareOut(700, { EPISODIC: 5000, SENSORY: 150, RELATED: 0 })).toMatchObject({ EPISODIC: 550, SENSORY: 150, RELATED: 0 });
});

test('nobody gets more than asked for, nothing is given twice, nothing lies idle', () => {
  const demands = fc.record(Object.fromEntries(PARTS.map((part) => [part, fc.nat(3000)])));
  fc.assert(
    fc.property(fc.nat(5000), demands, (total, asked) => {
      const shares = shareOut(total, asked);
      const given = PARTS.reduce((sum, part) => sum + shares[part], 0);
      const wanted = PARTS.reduce((sum, part) => sum + (asked[part] ?? 0), 0);
      for (const part of PARTS) expect(shares[part]).toBeLessThanOrEqual(asked[part] ?? 0);
      expect(given).toBeLessThanOrEqual(total);
      expect(given).toBeGreaterThan(Math.min(total, wanted) - PARTS.length);
    }),
  );
});
