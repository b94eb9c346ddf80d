import type { Actor } from '../../kernel/actor';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import { lexicalArm } from '../search/lexical-arm';
import type { Lexicon } from '../search/lexicon';
import { matched, NEWEST_FIRST, NO_EXPLANATION } from '../search/memory-ranking';
import { planQuery } from '../search/query-planning';
import { createQueryVector, vectorNoteOf } from '../search/query-vector';
import type { Degradation, Explanation } from '../search/recall';
import { SEED_LIMITS } from '../search/seed-terms';
import type { UsageStore } from '../usage/usage.store';
import { successRateOf, type Procedure, type ProcedureKind } from './procedure';
import type { ProcedureCandidate, ProcedurePools, ProcedureSearchStore } from './procedure-search.store';

export interface ProcedureHit {
  readonly kind: ProcedureKind;
  readonly procedure: Procedure;
  /** 0 to 1, comparable within one answer. */
  readonly score: number;
  readonly explanation: Explanation;
}

export interface FoundProcedures {
  /** Best first. */
  readonly hits: readonly ProcedureHit[];
  readonly degraded: readonly Degradation[];
}

/** By words and meaning over all kinds at once; a tenant without procedures is asked one cheap statement. */
export interface ProcedureSearch {
  /** Without a content word in `query` the newest come first. */
  find(actor: Actor, pools: ProcedurePools, query: string, limit: number): Promise<FoundProcedures>;
}

interface ProcedureSearchDeps {
  readonly store: ProcedureSearchStore;
  readonly lexicon: Lexicon;
  readonly embedder: Embedder;
  readonly usage: UsageStore;
}

/** Up to this many procedures of the tenant, every word of the query is looked for. */
const PRUNED_FROM = 5000;
/** Recency and success may lift one from a little below the cut. */
const SPARE = 10;
const RRF_K = 60;
/** Together less than the step from the first to the second rank in both arms: they decide between near equals. */
const RECENCY_WEIGHT = 0.01;
const SUCCESS_WEIGHT = 0.02;
/** What was never used may be as good as what went well half of the time. */
const UNKNOWN_SUCCESS = 0.5;
const HALF_LIFE_MS = 30 * 86_400_000;

export function createProcedureSearch({ store, lexicon, embedder, usage }: ProcedureSearchDeps): ProcedureSearch {
  const space = vectorSpaceOf(embedder);
  const embedQuery = createQueryVector({ embedder, usage });

  return {
    async find(actor, pools, query, limit) {
      const bare = planQuery(query);
      if (bare.terms.size === 0) {
        const newest = await store.newest(actor, pools, limit);
        return { hits: newest.map(({ procedure }, index) => ({ ...hitOf(procedure), score: (RRF_K + 1) / (RRF_K + 1 + index), explanation: { ...NO_EXPLANATION, notes: [NEWEST_FIRST] } })), degraded: [] };
      }
      const [{ plan, stats, corrections, isEmpty }, embedded] = await Promise.all([lexicon.inform(actor, 'procedures', bare), embedQuery(actor, query)]);
      if (isEmpty) return { hits: [], degraded: [] };
      const vector = embedded === 'UNAVAILABLE' ? null : embedded;
      const lexical = lexicalArm(plan, stats, stats.documents > PRUNED_FROM ? { ...SEED_LIMITS, always: 0 } : { ...SEED_LIMITS, maxPostings: Infinity }, 1);
      const candidates = await store.find(actor, pools, { lexical, vector }, limit + SPARE);
      const isPartial = embedded === 'UNAVAILABLE' || (embedder.semantic && (await store.lacksVectors(actor, pools, space)));
      const note = vectorNoteOf(embedder, embedded);
      const hits = rank(candidates, vector === null ? 1 : 2, (text) => {
        const found = matched(text, { plan, corrections });
        return note === null ? found : { ...found, notes: [...found.notes, note] };
      });
      return { hits: hits.slice(0, limit), degraded: isPartial ? ['VECTOR'] : [] };
    },
  };
}

const hitOf = (procedure: Procedure): Pick<ProcedureHit, 'kind' | 'procedure'> => ({ kind: procedure.kind, procedure });

/** Fused candidates with recency, relative to the newest of them, and success added. Ties go to the newer id. */
function rank(candidates: readonly ProcedureCandidate[], arms: number, explain: (text: string) => Pick<Explanation, 'matchedWords' | 'fuzzy' | 'notes'>): ProcedureHit[] {
  const newest = Math.max(...candidates.map(({ procedure }) => procedure.updatedAt.getTime()));
  const best = arms / (RRF_K + 1);
  return candidates
    .map(({ procedure, text, lexical, vector, rrf: fused }): ProcedureHit => {
      const rrf = fused / best;
      const recency = 0.5 ** ((newest - procedure.updatedAt.getTime()) / HALF_LIFE_MS);
      const success = successOf(procedure);
      return {
        ...hitOf(procedure),
        score: (rrf + RECENCY_WEIGHT * recency + SUCCESS_WEIGHT * (success ?? UNKNOWN_SUCCESS)) / (1 + RECENCY_WEIGHT + SUCCESS_WEIGHT),
        explanation: {
          ...NO_EXPLANATION, ...explain(text), vector: vector?.similarity ?? null, lexical: lexical?.score ?? null, rrf, recency,
          parts: success === null ? {} : { success },
        },
      };
    })
    .sort((a, b) => b.score - a.score || (a.procedure.id < b.procedure.id ? 1 : -1));
}

const successOf = (procedure: Procedure): number | null => {
  if (procedure.kind !== 'TRAJECTORY') return successRateOf(procedure);
  return { SUCCESS: 1, PARTIAL: 0.5, FAILURE: 0 }[procedure.outcome];
};
