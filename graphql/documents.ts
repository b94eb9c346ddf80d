import {
  GraphQLError, Kind, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate,
  type DocumentNode, type GraphQLSchema, type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { compileCost, type Cost } from './cost';
import { checkLimits, refuse, type QueryLimits } from './limits';

export interface AdmittedDocument {
  readonly kind: 'admitted';
  readonly document: DocumentNode;
  readonly costs: ReadonlyMap<OperationDefinitionNode, Cost>;
}

export interface Refusal {
  readonly kind: 'refused';
  readonly errors: readonly Error[];
  readonly reason: string;
}

export type Admission = AdmittedDocument | Refusal;

export interface Documents {
  /** Parses, limits, validates and prices a document once; both transports share the result. */
  admit(source: string): Admission;
}

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: QueryLimits;
  readonly introspection: boolean;
  readonly maxEntries?: number;
}

/** A parsed document weighs roughly 100 bytes per character of its source: this bounds the cache to some 50 MB. */
const MAX_CACHED_CHARACTERS = 500_000;

export function createDocuments({ schema, limits, introspection, maxEntries = 1_000 }: DocumentsOptions): Documents {
  const cache = new LRUCache<string, AdmittedDocument>({
    max: maxEntries,
    maxSize: MAX_CACHED_CHARACTERS,
    maxEntrySize: MAX_CACHED_CHARACTERS / 10,
    sizeCalculation: (_document, source) => source.length,
  });
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];

  function examine(source: string): Admission {
    let document: DocumentNode;
    try {
      document = parseSource(source, limits);
    } catch (error) {
      if (error instanceof GraphQLError) return { kind: 'refused', errors: [error], reason: 'GRAPHQL_PARSE_FAILED' };
      throw error;
    }
    checkLimits(document, limits);
    const errors = validate(schema, document, rules, { maxErrors: 5, hideSuggestions: !introspection });
    if (errors.length > 0) return { kind: 'refused', errors, reason: 'GRAPHQL_VALIDATION_FAILED' };
    const costs = new Map<OperationDefinitionNode, Cost>();
    for (const definition of document.definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION) costs.set(definition, compileCost(schema, document, definition));
    }
    return { kind: 'admitted', document, costs };
  }

  return {
    admit(source) {
      const known = cache.get(source);
      if (known !== undefined) return known;
      const admission = examine(source);
      // Refusals are not kept: a flood of them would push the good documents out.
      if (admission.kind === 'admitted') cache.set(source, admission);
      return admission;
    },
  };
}

/** @throws GraphQLError for a syntax error or too many tokens, GatewayError when the nesting exhausts the parser's stack. */
function parseSource(source: string, limits: QueryLimits): DocumentNode {
  try {
    return parse(source, { maxTokens: limits.tokens });
  } catch (error) {
    if (error instanceof RangeError) throw refuse('QUERY_TOO_DEEP', `a query is at most ${limits.depth} levels deep`);
    throw error;
  }
}
