/** How well one question's gold turns were found, each from 0 to 1. */
export interface QuestionScore {
  readonly 'recall@1': number;
  readonly 'recall@5': number;
  readonly 'recall@10': number;
  readonly 'recall@25': number;
  readonly mrr: number;
  readonly 'ndcg@10': number;
  readonly evidenceIn2000Tokens: number;
}

/**
 * recall@k: gold turns among the first k ÷ gold turns. MRR: 1 ÷ place of the first gold turn, 0 beyond the ranking's end.
 * nDCG@10 with binary gains and the logarithmic discount of Järvelin and Kekäläinen (2002). `gold` is not empty.
 */
export function scoreRanking(ranking: readonly string[], inBlock: ReadonlySet<string>, gold: readonly string[]): QuestionScore {
  const wanted = new Set(gold);
  const recallAt = (k: number): number => ranking.slice(0, k).filter((turn) => wanted.has(turn)).length / wanted.size;
  const first = ranking.findIndex((turn) => wanted.has(turn));
  const gain = (place: number): number => 1 / Math.log2(place + 2);
  const ideal = sum(Array.from({ length: Math.min(10, wanted.size) }, (_, place) => gain(place)));
  return {
    'recall@1': recallAt(1), 'recall@5': recallAt(5), 'recall@10': recallAt(10), 'recall@25': recallAt(25),
    mrr: first === -1 ? 0 : 1 / (first + 1),
    'ndcg@10': sum(ranking.slice(0, 10).map((turn, place) => (wanted.has(turn) ? gain(place) : 0))) / ideal,
    evidenceIn2000Tokens: [...wanted].filter((turn) => inBlock.has(turn)).length / wanted.size,
  };
}

/** The mean of each figure; 0 for no questions. */
export function averages(scores: readonly QuestionScore[]): QuestionScore {
  const mean = (key: keyof QuestionScore): number => (scores.length === 0 ? 0 : sum(scores.map((score) => score[key])) / scores.length);
  return {
    'recall@1': mean('recall@1'), 'recall@5': mean('recall@5'), 'recall@10': mean('recall@10'), 'recall@25': mean('recall@25'),
    mrr: mean('mrr'), 'ndcg@10': mean('ndcg@10'), evidenceIn2000Tokens: mean('evidenceIn2000Tokens'),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
