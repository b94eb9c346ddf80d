/** A number about this process, for a monitoring system. */
export interface MetricDeclaration {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** What one is: of a histogram it also decides the buckets. */
  readonly unit: 'seconds' | 'tokens' | 'events' | 'requests' | 'operations' | 'items' | 'errors' | 'jobs' | 'candidates' | 'calls' | 'texts' | 'reads' | 'sockets' | 'connections' | 'callers' | 'circuits' | 'modes';
  /** Their values come from closed lists (routes, fields of the schema, codes, names in the configuration), never from what a caller wrote. */
  readonly labels: readonly string[];
}

/** Everything that is measured; docs/metrics.md is printed from it. */
export const METRICS = {
  contextiq_http_requests_total: { type: 'counter', unit: 'requests', labels: ['route', 'method', 'status'], help: 'HTTP requests answered; a route or method that there is not counts as other' },
  contextiq_http_request_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['route'], help: 'From the first byte of a request to the end of its answer' },
  contextiq_graphql_operations_total: {
    type: 'counter', unit: 'operations', labels: ['type', 'field', 'outcome'],
    help: 'GraphQL operations by root field (several: more than one), outcome ok or the code of the first error; type unknown and field none: refused before it was read. A subscription counts when it opens',
  },
  contextiq_graphql_operation_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['type', 'field'], help: 'Executing a query or mutation, or opening a subscription' },
  contextiq_errors_total: { type: 'counter', unit: 'errors', labels: ['door', 'code'], help: 'Errors told to callers; door http is everything outside of GraphQL' },
  contextiq_websockets_open: { type: 'gauge', unit: 'sockets', labels: [], help: 'GraphQL sockets that are open' },
  contextiq_websockets_closed_total: { type: 'counter', unit: 'sockets', labels: ['code'], help: 'Sockets closed, by close code: 4008 is a slow consumer, 1006 a broken connection' },
  contextiq_subscriptions_open: { type: 'gauge', unit: 'operations', labels: ['field'], help: 'Subscriptions that are open' },
  contextiq_subscription_items_total: { type: 'counter', unit: 'items', labels: ['field'], help: 'Items handed to subscribers' },
  contextiq_subscriptions_closed_total: { type: 'counter', unit: 'operations', labels: ['field', 'reason'], help: 'Subscriptions that ended: client (left or closed), completed, or the code of the error' },
  contextiq_append_flush_events: { type: 'histogram', unit: 'events', labels: [], help: 'Events that went out together in one flush of the append queue' },
  contextiq_append_flush_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['outcome'], help: 'One flush of the append queue, its commit included' },
  contextiq_search_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['kind', 'outcome'], help: 'searchMemories, searchProcedures, recall and context, waiting for `waitFor` included' },
  contextiq_search_degraded_total: { type: 'counter', unit: 'operations', labels: ['reason'], help: 'Searches that had to do without something: VECTOR (no vectors), PENDING_WRITES (not waited for to the end), OBJECTS (archived or large events were not there)' },
  contextiq_context_tokens: { type: 'histogram', unit: 'tokens', labels: [], help: 'Size of the context blocks handed out' },
  contextiq_jobs_total: { type: 'counter', unit: 'jobs', labels: ['job', 'outcome'], help: 'Deliveries by what became of them: done, retry (failed, comes again), postponed (nobody’s failure, comes again), dead' },
  contextiq_job_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['job'], help: 'One delivery, whatever came of it' },
  contextiq_queue_jobs: { type: 'gauge', unit: 'jobs', labels: ['queue', 'state'], help: 'Jobs in the database: due, running (leased by a worker, wherever), later (waiting for their time), dead; 10,000 means that many or more' },
  contextiq_queue_oldest_due_seconds: { type: 'gauge', unit: 'seconds', labels: ['queue'], help: 'How far the consumers lag behind: how long the job that is due longest has waited; 0 when none is' },
  contextiq_jobs_in_flight: { type: 'gauge', unit: 'jobs', labels: ['job'], help: 'Jobs that this process works on at the moment' },
  contextiq_generations_finished_total: { type: 'counter', unit: 'jobs', labels: ['status'], help: 'Memory generations that came to their end' },
  contextiq_candidates_total: { type: 'counter', unit: 'candidates', labels: ['outcome'], help: 'Candidates for memories by what became of them' },
  contextiq_model_calls_total: { type: 'counter', unit: 'calls', labels: ['model', 'outcome'], help: 'Calls of a chat model: ok or the code of the error' },
  contextiq_model_call_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['model'], help: 'One call, its retries and its repair turn included' },
  contextiq_model_tokens_total: { type: 'counter', unit: 'tokens', labels: ['model', 'kind'], help: 'Tokens as the provider counted them: prompt, completion' },
  contextiq_embedding_calls_total: { type: 'counter', unit: 'calls', labels: ['model', 'outcome'], help: 'Calls of the embedder: ok or the code of the error' },
  contextiq_embedding_call_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['model'], help: 'One call, its batches included' },
  contextiq_embedding_texts_total: { type: 'counter', unit: 'texts', labels: ['model', 'source'], help: 'Texts that got a vector, from the embedder or from the cache of the database' },
  contextiq_object_operations_total: { type: 'counter', unit: 'operations', labels: ['operation', 'outcome'], help: 'Asked of the object store: put, get, list, delete; ok or the code of the error' },
  contextiq_object_operation_duration_seconds: { type: 'histogram', unit: 'seconds', labels: ['operation'], help: 'One of them, the whole body included' },
  contextiq_archived_events_total: { type: 'counter', unit: 'events', labels: [], help: 'Events whose bodies went from their rows into an archive' },
  contextiq_cache_reads_total: {
    type: 'counter', unit: 'reads', labels: ['cache', 'level', 'result'],
    help: 'Looks into a cache (recall, context, embedding, session: those with much state) at a level: L1 is this process, L2 is shared and asked when L1 did not hit. Results: hit, miss, stale (an entry whose version was not that of now)',
  },
  contextiq_circuit_open: {
    type: 'gauge', unit: 'circuits', labels: ['part', 'name'],
    help: '1 from repeated failures until a try succeeds, else 0: part is database, redis, queue, model or embedder, name says which of several',
  },
  contextiq_mode: { type: 'gauge', unit: 'modes', labels: ['mode'], help: '1 while this process serves in that mode, else 0: CACHE_ONLY, READ_ONLY, ESSENTIAL_ONLY, REDUCED_PRECISION; several may hold' },
  contextiq_database_connections: { type: 'gauge', unit: 'connections', labels: ['state'], help: 'Connections of the pool: busy, idle' },
  contextiq_database_waiting: { type: 'gauge', unit: 'callers', labels: [], help: 'Callers that wait for a connection' },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;
