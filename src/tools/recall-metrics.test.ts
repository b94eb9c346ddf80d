import { averages, scoreRanking } from './recall-metrics';

describe('recall figures', () => {
  it('count the gold turns among the first k', () => {
    const score = scoreRanking(['a', 'x', 'b', 'y', 'z'], new Set(['a']), ['a', 'b', 'c', 'd']);
    expect(score).toMatchObject({ 'recall@1': 0.25, 'recall@5': 0.5, 'recall@10': 0.5, 'recall@25': 0.5, mrr: 1, evidenceIn2000Tokens: 0.25 });
  });

  it('discount gains by their place', () => {
    expect(scoreRanking(['a', 'b'], new Set(), ['a', 'b'])['ndcg@10']).toBe(1);
    expect(scoreRanking(['x', 'a'], new Set(), ['a'])['ndcg@10']).toBeCloseTo(1 / Math.log2(3));
    expect(scoreRanking(['x'], new Set(), ['a'])).toMatchObject({ mrr: 0, 'ndcg@10': 0 });
  });

  it('average over questions', () => {
    const all = averages([scoreRanking(['a'], new Set(['a']), ['a']), scoreRanking(['x', 'a'], new Set(), ['a'])]);
    expect(all).toMatchObject({ 'recall@1': 0.5, mrr: 0.75, evidenceIn2000Tokens: 0.5 });
  });
});
