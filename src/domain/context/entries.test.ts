import { importanceOf, weighed } from './entries';

test('relevance decides, recency and importance among what answers about as well', () => {
  const score = (...parts: Parameters<typeof weighed>): number => weighed(...parts).score ?? 0;
  expect(score(0.8, 1, 1)).toBeCloseTo(0.8);
  expect(score(0.8, 0, null)).toBeCloseTo(0.56);
  expect(score(0.8, 0, 0)).toBeGreaterThan(score(0.35, 1, 1));
  expect(score(0.8, 0.9, 0.9)).toBeGreaterThan(score(0.82, 0.2, 0.5));
  expect(weighed(0.5, 0.25, null)).toMatchObject({ relevance: 0.5, recency: 0.25, importance: null });
});

test('what was stated often and for certain is important', () => {
  const often = importanceOf({ confidence: 0.9, evidenceCount: 5 });
  expect(often).toBeGreaterThan(importanceOf({ confidence: 0.9, evidenceCount: 1 }));
  expect(often).toBeLessThanOrEqual(0.9);
});
