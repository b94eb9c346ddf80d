import { requireRole } from '../../kernel/actor';
import { isDatabaseDown } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import type { AnswerCache } from '../search/answer-cache';
import { requireWaitMs } from '../search/recall-input';
import type { VersionedKind, VersionStore } from '../search/version.store';
import type { Visibility } from '../search/visibility';
import { CONTEXT_LAYERS, type ContextBlock } from './context';
import { parseContext, type ParsedContext } from './context-input';
import type { ContextService } from './context.service';
import { withoutKnown } from './rendered';

interface CachedContextDeps {
  readonly context: ContextService;
  readonly versions: Pick<VersionStore, 'ofSessions'>;
  readonly visibility: Visibility;
  readonly answers: AnswerCache<ContextBlock>;
}

/**
 * The same blocks as `context` builds, without building again while nothing changed that they are made from. While the database is
 * away, the block that was given last, marked CACHE_ONLY.
 */
export function withBlockCache({ context, versions, visibility, answers }: CachedContextDeps): ContextService {
  return {
    async build(actor, input) {
      requireRole(actor, 'reader');
      const parsed = parseContext(actor, input);
      const seen = await visibility.wait(actor, input.waitFor, requireWaitMs(input.waitMs));
      const request = { ...parsed, layers: CONTEXT_LAYERS.filter((layer) => parsed.layers.has(layer)) };
      try {
        const [session = null] = parsed.sessionId !== null && isUuid(parsed.sessionId) ? await versions.ofSessions(actor, [parsed.sessionId]) : [];
        const scopes = parsed.scopes ?? (session === null ? [] : [{ scope: session.scope, match: 'EXACT' as const }]);
        // What is kept is the whole block, whoever has which part of it.
        const bare = { ...input, waitFor: null, knownPrefixHash: null };
        const kinds = kindsOf(parsed);
        // That there is no such session is told by who knows how; without a search there is little to spare.
        if (kinds.length === 0 || (parsed.sessionId !== null && session === null)) return await context.build(actor, { ...bare, knownPrefixHash: input.knownPrefixHash ?? null });

        const found = await answers.through(actor, { request, pools: { bankId: parsed.bankId, scopes }, kinds, also: session?.version ?? '' }, async () => {
          const block = await context.build(actor, bare);
          return { value: block, isComplete: block.degraded.length === 0 };
        });
        return withoutKnown({ ...found, degraded: [...found.degraded, ...seen.degraded], indexedThrough: seen.indexedThrough }, input.knownPrefixHash);
      } catch (error) {
        const last = isDatabaseDown(error) ? await answers.lastKnown(actor, { request }) : null;
        if (last === null) throw error;
        return withoutKnown({ ...last.value, degraded: ['CACHE_ONLY'], indexedThrough: last.at }, input.knownPrefixHash);
      }
    },
  };
}

const kindsOf = ({ layers }: ParsedContext): VersionedKind[] => [
  ...(layers.has('SEMANTIC') ? ['MEMORY' as const] : []),
  ...(layers.has('EPISODIC') ? ['EVENT' as const] : []),
  ...(layers.has('KNOWLEDGE') ? ['DOCUMENT' as const] : []),
  ...(layers.has('PROCEDURAL') ? ['PROCEDURE' as const] : []),
];
