import { join } from 'node:path';
import { z } from 'zod';
import type { Problem } from './endpoints';
import { chatOf, embeddingOf, isProblems, type ChatConfig, type EmbeddingConfig } from './models';
import { objectsConfig, parseS3Url, S3_FORM, type Environment, type ObjectsConfig } from './objects';
import { parseHost, type RemoteAgentsConfig } from './remote-agents';

export type { Environment, ObjectsConfig } from './objects';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** USD per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
}

/** One member per capability; what a kind does not use has no field to misuse. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  /** `dataDir: null` keeps the database in memory, a copy of `image` if given; only code can ask for that. */
  readonly database:
    | { readonly kind: 'pglite'; readonly dataDir: string | null; readonly image?: string }
    | { readonly kind: 'postgres'; readonly url: string; readonly poolSize: number; readonly statementTimeoutMs: number };
  /** Notices, a cache and rate counters shared among gateways; null keeps them in this process. */
  readonly redis: { readonly url: string; readonly prefix: string } | null;
  /** Memory for answers kept in this process, a quarter of it more for sessions; 0 keeps none, nor in Redis. */
  readonly answerCacheMb: number;
  /** Operations a minute for each caller; 0 does not count. */
  readonly rateLimit: number;
  /** Large bodies beside the database: of events, of archives, backups. */
  readonly objects: ObjectsConfig;
  /** Bodies of events above so many bytes go there; null keeps all in their rows. */
  readonly payloadInlineBytes: number | null;
  /** Sessions without a new event for so many days go there; null keeps them in rows. */
  readonly archiveAfterDays: number | null;
  readonly queue: { readonly kind: 'table' } | { readonly kind: 'rabbitmq'; readonly url: string; readonly prefix: string };
  /** Jobs that this process works on at once; 0 leaves them to worker processes. */
  readonly workers: number;
  /** `local`: a loopback gateway for its own user. `keys`: every request shows an API key. */
  readonly auth: { readonly kind: 'local' } | { readonly kind: 'keys' };
  readonly allowedOrigins: readonly string[];
  readonly introspection: boolean;
  /** Under `application/json`, a request error (syntax, validation, variables) is answered 200, as GraphQL over HTTP has it; else 400. */
  readonly specStatus: boolean;
  /** A GET needs no preflight header when its browser says that it comes from this site, or when no browser sent it. */
  readonly directGet: boolean;
  readonly chat: ChatConfig;
  readonly embedding: EmbeddingConfig;
  /** Beside the built-in price table, and before it. */
  readonly modelPrices: Readonly<Record<string, ModelPrice>>;
  readonly deletedRetentionHours: number;
  /** What may stand outside of a session's running summary; `events: 0` writes none. */
  readonly summaries: { readonly events: number; readonly tokens: number };
  readonly remoteAgents: RemoteAgentsConfig;
  /** `token: null`: whoever may use a gateway without keys may read them; with keys nobody may. */
  readonly metrics: { readonly kind: 'off' } | { readonly kind: 'on'; readonly token: string | null };
}

interface Variable {
  readonly name: string;
  readonly description: string;
  readonly default: string;
  readonly example: string;
}

/** Every variable the gateway reads; the README's table is printed from it. */
export const VARIABLES: readonly Variable[] = [
  { name: 'CONTEXTIQ_HOST', description: 'Address to listen on. Anything but a loopback address demands API keys', default: '127.0.0.1', example: '0.0.0.0' },
  { name: 'CONTEXTIQ_PORT', description: 'Port to listen on; 0 takes a free one', default: '4000', example: '8080' },
  { name: 'CONTEXTIQ_DATA_DIR', description: 'Where the embedded database lives; one process at a time', default: './data', example: '/var/lib/contextiq' },
  { name: 'CONTEXTIQ_DATABASE_URL', description: 'A PostgreSQL 15 or later with pgvector 0.8 or later, in place of the embedded database; TLS by its parameters (`sslmode`, `sslrootcert`)', default: '', example: 'postgres://contextiq:secret@127.0.0.1:5432/contextiq' },
  { name: 'CONTEXTIQ_DATABASE_POOL_SIZE', description: 'Connections that this process holds to it', default: '10', example: '20' },
  { name: 'CONTEXTIQ_DATABASE_STATEMENT_TIMEOUT_MS', description: 'Time limit of one statement there', default: '30000', example: '10000' },
  { name: 'CONTEXTIQ_REDIS_URL', description: 'A Redis or Valkey that gateways and workers share: notices, a second cache level, rate counters. Needed for more than one gateway on a database', default: '', example: 'redis://127.0.0.1:6379' },
  { name: 'CONTEXTIQ_REDIS_PREFIX', description: 'Stands before every key and channel there; installations that share a server need different ones', default: 'contextiq', example: 'staging' },
  { name: 'CONTEXTIQ_ANSWER_CACHE_MB', description: 'Memory for answers of `recall`, `searchMemories` and `context` in this process; with Redis they are kept there too, encrypted. A quarter of it more is for sessions with much state. 0 keeps none', default: '32', example: '256' },
  { name: 'CONTEXTIQ_RATE_LIMIT', description: 'GraphQL operations a minute for each caller, as many at once; 0 does not count', default: '0', example: '6000' },
  { name: 'CONTEXTIQ_OBJECTS_URL', description: 'S3-compatible store for large events, archived sessions and backups; empty keeps them as files in `objects` below the data directory', default: '', example: 's3://bucket/prefix?endpoint=http://127.0.0.1:8333&region=us-east-1' },
  { name: 'CONTEXTIQ_PAYLOAD_INLINE_BYTES', description: 'Content and actions of an event above so many bytes of JSON go to the object store; 0 keeps all in the database. With PostgreSQL only where CONTEXTIQ_OBJECTS_URL is given', default: '65536', example: '16384' },
  { name: 'CONTEXTIQ_ARCHIVE_AFTER_DAYS', description: 'Sessions without a new event for so many days are archived in the object store, and read as before; 0 archives none', default: '0', example: '90' },
  { name: 'AWS_ACCESS_KEY_ID', description: 'Its key; without one, what the AWS SDK finds counts (a profile, a role)', default: '', example: 'AKIA…' },
  { name: 'AWS_SECRET_ACCESS_KEY', description: 'The secret of that key', default: '', example: 'wJalr…' },
  { name: 'AWS_SESSION_TOKEN', description: 'Its session, for temporary keys', default: '', example: 'IQoJb3…' },
  { name: 'CONTEXTIQ_RABBITMQ_URL', description: 'RabbitMQ 3.10 or later that carries the jobs; empty takes them from the database', default: '', example: 'amqp://user:password@rabbitmq:5672/contextiq' },
  { name: 'CONTEXTIQ_RABBITMQ_PREFIX', description: 'First part of the names of its queues: installations that share a virtual host need one each', default: 'contextiq', example: 'contextiq-staging' },
  { name: 'CONTEXTIQ_WORKERS', description: 'Jobs that this gateway works on at once; 0 leaves all of them to worker processes', default: '4', example: '0' },
  { name: 'CONTEXTIQ_REQUIRE_KEY', description: 'Demand an API key on loopback too', default: 'false', example: 'true' },
  { name: 'CONTEXTIQ_ALLOWED_ORIGINS', description: 'Browser origins that may call, comma separated, or `*`; loopback origins always may when no key is needed', default: '', example: 'https://app.example.com' },
  { name: 'CONTEXTIQ_INTROSPECTION', description: 'Answer introspection queries (GraphiQL needs them)', default: 'true', example: 'false' },
  { name: 'CONTEXTIQ_SPEC_STATUS', description: 'Answer request errors under `application/json` with 200, as GraphQL over HTTP says; false answers 400', default: 'true', example: 'false' },
  { name: 'CONTEXTIQ_DIRECT_GET', description: 'Answer GET queries without a preflight header, unless a browser says that another site sent them; only behind HTTPS', default: 'false', example: 'true' },
  { name: 'CONTEXTIQ_LOG_LEVEL', description: 'fatal, error, warn, info, debug, trace or silent', default: 'info', example: 'debug' },
  { name: 'CONTEXTIQ_MODEL', description: 'Chat model for extraction and consolidation, or several to be tried in order; empty uses the offline rules', default: '', example: 'openai/gpt-5-mini,anthropic/claude-haiku-4-5' },
  { name: 'CONTEXTIQ_MODEL_URL', description: 'OpenAI-compatible base URL for a name without a provider; empty takes such a name for one of OpenAI', default: '', example: 'https://openrouter.ai/api/v1' },
  { name: 'CONTEXTIQ_MODEL_KEY', description: 'Its key; empty for servers that need none', default: '', example: 'sk-…' },
  { name: 'CONTEXTIQ_MODEL_TEMPERATURE', description: 'Sampling temperature, 0 to 2; empty leaves it to the model', default: '', example: '0' },
  { name: 'CONTEXTIQ_MODEL_MAX_TOKENS', description: 'Bound of one answer', default: '4096', example: '8192' },
  { name: 'CONTEXTIQ_MODEL_TIMEOUT_MS', description: 'Time limit of one model or embedding call', default: '60000', example: '20000' },
  { name: 'CONTEXTIQ_MODEL_PRICES', description: 'USD per million tokens as JSON, before the built-in table', default: '', example: '{"azure/my-deployment": {"input": 0.25, "output": 2}}' },
  { name: 'CONTEXTIQ_EMBEDDING_MODEL', description: 'Embedding model, one only; empty uses offline hashing', default: '', example: 'openai/text-embedding-3-small' },
  { name: 'CONTEXTIQ_EMBEDDING_URL', description: 'Base URL for an embedding model without a provider', default: 'the value of CONTEXTIQ_MODEL_URL', example: 'http://127.0.0.1:8080/v1' },
  { name: 'CONTEXTIQ_EMBEDDING_KEY', description: 'Its key', default: 'the value of CONTEXTIQ_MODEL_KEY', example: 'sk-…' },
  { name: 'CONTEXTIQ_EMBEDDING_DIMENSION', description: 'Dimension of its vectors, at most 1536; empty takes what is known of the model, else 1536', default: '', example: '768' },
  { name: 'CONTEXTIQ_EMBEDDING_SHORTEN', description: 'Ask the server to shorten its vectors to that dimension; empty asks models that are known to', default: '', example: 'true' },
  { name: 'CONTEXTIQ_TRANSFORMERS_CACHE', description: 'Folder of models that run in this process (`transformers/…`)', default: './models', example: '/var/lib/contextiq/models' },
  { name: 'CONTEXTIQ_TRANSFORMERS_DOWNLOAD', description: 'Fetch such a model into that folder when it is not there', default: 'false', example: 'true' },
  { name: 'CONTEXTIQ_DELETED_RETENTION_HOURS', description: 'How long a deleted memory can be restored before it is erased; it is hidden at once', default: '48', example: '0' },
  { name: 'CONTEXTIQ_SUMMARY_EVENTS', description: 'A session with more events than so many beyond its running summary is summarized; 0 writes no summaries', default: '30', example: '50' },
  { name: 'CONTEXTIQ_SUMMARY_TOKENS', description: 'So is one whose events beyond it have more tokens', default: '4000', example: '8000' },
  { name: 'CONTEXTIQ_A2A_REMOTE_HOSTS', description: 'Where agents of other servers may be called, comma separated: hosts (HTTPS), `http://host:port` where plain HTTP is meant, and networks (`10.0.0.0/8`) for addresses that are not public. Empty calls nobody', default: '', example: 'agents.example.com,http://127.0.0.1:9000' },
  { name: 'CONTEXTIQ_A2A_REMOTE_TOKENS', description: 'Their `Authorization` headers as JSON, by origin, tenant and agent id', default: '', example: '{"https://agents.example.com": {"default": {"weather": "Bearer s3cret"}}}' },
  { name: 'CONTEXTIQ_A2A_REMOTE_TIMEOUT_MS', description: 'Time limit of one call to such an agent', default: '30000', example: '10000' },
  { name: 'CONTEXTIQ_METRICS', description: '`on` measures and serves `/metrics` for Prometheus, `off` does neither', default: 'on', example: 'off' },
  { name: 'CONTEXTIQ_METRICS_TOKEN', description: 'Bearer token that reads `/metrics`; a gateway that needs API keys shows it to no one without', default: '', example: '$(openssl rand -hex 16)' },
];

const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'a whole number').transform(Number).refine((value) => value >= min && value <= max, `from ${min} to ${max}`);
const url = z.url({ protocol: /^https?$/, error: 'an http(s) URL' });

const postgresUrl = z.string().refine(isPostgresUrl, 'a URL postgres://user:password@host:port/database');
const Price = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative().default(0) });
const WRONG_PRICES = 'an object of {"input", "output"} by `provider/model`';
/** @returns undefined, which fits nothing, for what is no JSON */
function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const listed = z.string().transform((value) => value.split(',').map((item) => item.trim()).filter((item) => item !== ''));
const Authorization = z.string().regex(/^[\x20-\x7e]{1,4000}$/, 'a header’s value');
const WRONG_TOKENS = 'an object of `Authorization` headers by origin, tenant and agent id';

const Env = z.object({
  CONTEXTIQ_HOST: z.string().min(1),
  CONTEXTIQ_PORT: whole(0, 65_535),
  CONTEXTIQ_DATA_DIR: z.string().min(1),
  CONTEXTIQ_DATABASE_URL: z.union([z.literal(''), postgresUrl]),
  CONTEXTIQ_DATABASE_POOL_SIZE: whole(1, 1000),
  CONTEXTIQ_DATABASE_STATEMENT_TIMEOUT_MS: whole(100, 3_600_000),
  CONTEXTIQ_REDIS_URL: z.union([z.literal(''), z.url({ protocol: /^rediss?$/, error: 'a URL redis://[:password@]host:port[/database]' })]),
  CONTEXTIQ_REDIS_PREFIX: z.string().regex(/^[\w.-]{1,50}$/, '1 to 50 letters, digits, `.`, `_` or `-`'),
  CONTEXTIQ_ANSWER_CACHE_MB: whole(0, 16_384),
  CONTEXTIQ_RATE_LIMIT: whole(0, 10_000_000),
  CONTEXTIQ_OBJECTS_URL: z.string().refine((text) => text === '' || parseS3Url(text) !== null, S3_FORM),
  CONTEXTIQ_PAYLOAD_INLINE_BYTES: whole(0, 1024 * 1024),
  CONTEXTIQ_ARCHIVE_AFTER_DAYS: whole(0, 36_500),
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
  AWS_SESSION_TOKEN: z.string(),
  CONTEXTIQ_RABBITMQ_URL: z.union([z.literal(''), z.url({ protocol: /^amqps?$/, error: 'an amqp(s) URL' })]),
  CONTEXTIQ_RABBITMQ_PREFIX: z.string().regex(/^[\w.-]{1,60}$/, 'letters, digits, dots, dashes'),
  CONTEXTIQ_WORKERS: whole(0, 64),
  CONTEXTIQ_REQUIRE_KEY: flag,
  CONTEXTIQ_ALLOWED_ORIGINS: listed.pipe(z.array(z.union([z.literal('*'), url]))),
  CONTEXTIQ_INTROSPECTION: flag,
  CONTEXTIQ_SPEC_STATUS: flag,
  CONTEXTIQ_DIRECT_GET: flag,
  CONTEXTIQ_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  CONTEXTIQ_MODEL: listed.pipe(z.array(z.string()).max(10, 'at most 10 models')),
  CONTEXTIQ_MODEL_URL: z.union([z.literal(''), url]),
  CONTEXTIQ_MODEL_KEY: z.string(),
  CONTEXTIQ_MODEL_TEMPERATURE: z.union([z.literal('').transform(() => null), z.string().regex(/^\d+(\.\d+)?$/, 'a number').transform(Number).refine((value) => value <= 2, 'from 0 to 2')]),
  CONTEXTIQ_MODEL_MAX_TOKENS: whole(1, 1_000_000),
  CONTEXTIQ_MODEL_TIMEOUT_MS: whole(100, 600_000),
  CONTEXTIQ_MODEL_PRICES: z.string().transform(parseJson).pipe(z.record(z.string(), Price, { error: WRONG_PRICES })),
  CONTEXTIQ_EMBEDDING_MODEL: z.string().trim(),
  CONTEXTIQ_EMBEDDING_URL: z.union([z.literal(''), url]),
  CONTEXTIQ_EMBEDDING_KEY: z.string(),
  CONTEXTIQ_EMBEDDING_DIMENSION: z.union([z.literal('').transform(() => null), whole(1, 1536)]),
  CONTEXTIQ_EMBEDDING_SHORTEN: z.union([z.literal('').transform(() => null), flag]),
  CONTEXTIQ_TRANSFORMERS_CACHE: z.string().min(1),
  CONTEXTIQ_TRANSFORMERS_DOWNLOAD: flag,
  CONTEXTIQ_DELETED_RETENTION_HOURS: whole(0, 24 * 365),
  CONTEXTIQ_SUMMARY_EVENTS: whole(0, 10_000),
  CONTEXTIQ_SUMMARY_TOKENS: whole(100, 1_000_000),
  CONTEXTIQ_A2A_REMOTE_HOSTS: listed.pipe(z.array(z.string().refine((item) => parseHost(item) !== null, 'hosts, origins or networks'))),
  CONTEXTIQ_A2A_REMOTE_TOKENS: z.string().transform(parseJson).pipe(
    z.record(z.url({ protocol: /^https?$/, error: WRONG_TOKENS }), z.record(z.string(), z.record(z.string(), Authorization, { error: WRONG_TOKENS }), { error: WRONG_TOKENS }), { error: WRONG_TOKENS })),
  CONTEXTIQ_A2A_REMOTE_TIMEOUT_MS: whole(100, 600_000),
  CONTEXTIQ_METRICS: z.enum(['on', 'off']),
  CONTEXTIQ_METRICS_TOKEN: z.union([z.literal(''), z.string().regex(/^[\x21-\x7e]{16,200}$/, '16 to 200 visible ASCII characters')]),
});

/** Settings of the tests and of the CI run; they may stand in the environment of anything. */
const FOR_TESTS = /^CONTEXTIQ_(TEST|CI)_/;

/** All problems of an environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Pure: the environment's text to a Config. @throws ConfigError naming every variable at fault, with an example */
export function parseConfig(env: Environment): Config {
  const given = Object.fromEntries(VARIABLES.map((variable) => [variable.name, env[variable.name] ?? plainDefault(variable)]));
  const parsed = Env.safeParse(given);
  const unknown = Object.keys(env).filter((name) => name.startsWith('CONTEXTIQ_') && !FOR_TESTS.test(name) && !VARIABLES.some((variable) => variable.name === name));
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => describe(String(issue.path[0]), issue.message)),
    ...unknown.map((name) => `${name}: no such variable${closest(name)}`),
  ];
  if (!parsed.success) throw unusable(problems);
  const value = parsed.data;
  if (filesOfOneHost(value) && value.CONTEXTIQ_ARCHIVE_AFTER_DAYS > 0) {
    problems.push(describe('CONTEXTIQ_OBJECTS_URL', 'needed to archive (CONTEXTIQ_ARCHIVE_AFTER_DAYS) beside a PostgreSQL server: files of this host would be missing elsewhere'));
  }
  const chat = chatOf(value, env);
  const embedding = embeddingOf(value, env);
  if (isProblems(chat) || isProblems(embedding) || problems.length > 0) {
    throw unusable([...problems, ...[chat, embedding].flatMap((read) => (isProblems(read) ? read.map(inWords) : []))]);
  }
  const remoteHosts = value.CONTEXTIQ_A2A_REMOTE_HOSTS.map(parseHost);
  return {
    host: value.CONTEXTIQ_HOST,
    port: value.CONTEXTIQ_PORT,
    logLevel: value.CONTEXTIQ_LOG_LEVEL,
    database: value.CONTEXTIQ_DATABASE_URL === '' ? { kind: 'pglite', dataDir: value.CONTEXTIQ_DATA_DIR } : {
      kind: 'postgres', url: value.CONTEXTIQ_DATABASE_URL, poolSize: value.CONTEXTIQ_DATABASE_POOL_SIZE,
      statementTimeoutMs: value.CONTEXTIQ_DATABASE_STATEMENT_TIMEOUT_MS,
    },
    redis: value.CONTEXTIQ_REDIS_URL === '' ? null : { url: value.CONTEXTIQ_REDIS_URL, prefix: value.CONTEXTIQ_REDIS_PREFIX },
    answerCacheMb: value.CONTEXTIQ_ANSWER_CACHE_MB,
    rateLimit: value.CONTEXTIQ_RATE_LIMIT,
    objects: objectsConfig(value.CONTEXTIQ_OBJECTS_URL, join(value.CONTEXTIQ_DATA_DIR, 'objects'), env),
    payloadInlineBytes: value.CONTEXTIQ_PAYLOAD_INLINE_BYTES === 0 ? null : value.CONTEXTIQ_PAYLOAD_INLINE_BYTES,
    archiveAfterDays: value.CONTEXTIQ_ARCHIVE_AFTER_DAYS === 0 ? null : value.CONTEXTIQ_ARCHIVE_AFTER_DAYS,
    queue: value.CONTEXTIQ_RABBITMQ_URL === '' ? { kind: 'table' } : { kind: 'rabbitmq', url: value.CONTEXTIQ_RABBITMQ_URL, prefix: value.CONTEXTIQ_RABBITMQ_PREFIX },
    workers: value.CONTEXTIQ_WORKERS,
    auth: isLoopback(value.CONTEXTIQ_HOST) && !value.CONTEXTIQ_REQUIRE_KEY ? { kind: 'local' } : { kind: 'keys' },
    allowedOrigins: value.CONTEXTIQ_ALLOWED_ORIGINS.map((origin) => (origin === '*' ? origin : new URL(origin).origin)),
    introspection: value.CONTEXTIQ_INTROSPECTION,
    specStatus: value.CONTEXTIQ_SPEC_STATUS,
    directGet: value.CONTEXTIQ_DIRECT_GET,
    chat,
    embedding,
    modelPrices: value.CONTEXTIQ_MODEL_PRICES,
    deletedRetentionHours: value.CONTEXTIQ_DELETED_RETENTION_HOURS,
    summaries: { events: value.CONTEXTIQ_SUMMARY_EVENTS, tokens: value.CONTEXTIQ_SUMMARY_TOKENS },
    remoteAgents: {
      origins: remoteHosts.flatMap((host) => (host !== null && 'origin' in host ? [host.origin] : [])),
      networks: remoteHosts.flatMap((host) => (host !== null && 'network' in host ? [host.network] : [])),
      timeoutMs: value.CONTEXTIQ_A2A_REMOTE_TIMEOUT_MS,
      authorizations: Object.fromEntries(Object.entries(value.CONTEXTIQ_A2A_REMOTE_TOKENS).map(([origin, byTenant]) => [new URL(origin).origin, byTenant])),
    },
    metrics: value.CONTEXTIQ_METRICS === 'off' ? { kind: 'off' } : { kind: 'on', token: value.CONTEXTIQ_METRICS_TOKEN === '' ? null : value.CONTEXTIQ_METRICS_TOKEN },
  };
}

const inWords = ({ variable, message, example }: Problem): string => `${variable}: ${message} (for example ${variable}=${example})`;
const unusable = (problems: readonly string[]): ConfigError =>
  new ConfigError(`the configuration is not usable:\n${[...new Set(problems)].map((problem) => `  - ${problem}`).join('\n')}`);

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function isPostgresUrl(text: string): boolean {
  const { protocol, pathname } = URL.canParse(text) ? new URL(text) : { protocol: '', pathname: '' };
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1;
}

/** A server is shared by processes of any host; a folder is not. */
const filesOfOneHost = (value: { CONTEXTIQ_DATABASE_URL: string; CONTEXTIQ_OBJECTS_URL: string }): boolean => value.CONTEXTIQ_DATABASE_URL !== '' && value.CONTEXTIQ_OBJECTS_URL === '';

/** A default in words (“the value of …”) is an empty value to the parser. */
const plainDefault = (variable: Variable): string => (variable.default.startsWith('the value of') ? '' : variable.default);

function describe(name: string, message: string): string {
  const variable = VARIABLES.find((item) => item.name === name);
  return `${name}: ${message}${variable === undefined ? '' : ` (for example ${name}=${variable.example})`}`;
}

function closest(name: string): string {
  const near = VARIABLES.find((variable) => variable.name.includes(name.slice('CONTEXTIQ_'.length)) || name.includes(variable.name));
  return near === undefined ? '' : `; did you mean ${near.name}?`;
}
