import { ConfigError, parseConfig } from './schema';

describe('configuration', () => {
  it('needs nothing: an empty environment is an embedded gateway for its own user', () => {
    expect(parseConfig({})).toMatchObject({
      host: '127.0.0.1', port: 4000, auth: { kind: 'local' }, database: { kind: 'pglite', dataDir: './data' },
      chat: { kind: 'offline' }, embedding: { kind: 'offline' },
    });
  });

  it('demands keys on any address that others can reach', () => {
    expect(parseConfig({ CONTEXTIQ_HOST: '0.0.0.0' }).auth).toEqual({ kind: 'keys' });
    expect(parseConfig({ CONTEXTIQ_HOST: '127.0.0.1.evil.example' }).auth).toEqual({ kind: 'keys' });
    expect(parseConfig({ CONTEXTIQ_REQUIRE_KEY: 'true' }).auth).toEqual({ kind: 'keys' });
  });

  it('names every variable at fault at once, with an example', () => {
    const parse = (): unknown => parseConfig({ CONTEXTIQ_PORT: 'http', CONTEXTIQ_MODEL_URL: 'localhost', CONTEXTIQ_LOG_LEVEL: 'loud' });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(/CONTEXTIQ_PORT.*8080[\s\S]*CONTEXTIQ_LOG_LEVEL[\s\S]*CONTEXTIQ_MODEL_URL/);
  });

  it('takes jobs from RabbitMQ when it is told where that is', () => {
    expect(parseConfig({})).toMatchObject({ queue: { kind: 'table' }, workers: 4 });
    expect(parseConfig({ CONTEXTIQ_RABBITMQ_URL: 'amqps://u:p@broker/x', CONTEXTIQ_RABBITMQ_PREFIX: 'blue', CONTEXTIQ_WORKERS: '0' }))
      .toMatchObject({ queue: { kind: 'rabbitmq', url: 'amqps://u:p@broker/x', prefix: 'blue' }, workers: 0 });
    expect(() => parseConfig({ CONTEXTIQ_RABBITMQ_URL: 'http://broker', CONTEXTIQ_WORKERS: '65' })).toThrow(/CONTEXTIQ_RABBITMQ_URL: .*amqp[\s\S]*CONTEXTIQ_WORKERS: /);
  });

  it('refuses a misspelt variable instead of ignoring it', () => {
    expect(() => parseConfig({ CONTEXTIQ_DATADIR: 'x' })).toThrow(/CONTEXTIQ_DATADIR: no such variable/);
  });

  it('takes a real PostgreSQL as soon as its URL is there, and says what a wrong one should look like', () => {
    const url = 'postgresql://me:p%40ss@db.example/contextiq?sslmode=verify-full';
    expect(parseConfig({ CONTEXTIQ_DATABASE_URL: url, CONTEXTIQ_DATABASE_POOL_SIZE: '3' }).database).toEqual({ kind: 'postgres', url, poolSize: 3, statementTimeoutMs: 30_000 });
    for (const wrong of ['mysql://host/db', 'postgres://host', 'localhost:5432', 'postgres://host:port/db']) {
      expect(() => parseConfig({ CONTEXTIQ_DATABASE_URL: wrong })).toThrow(/CONTEXTIQ_DATABASE_URL: .*postgres:\/\/.* \(for example /);
    }
  });

  it('is not disturbed by settings of tests and CI', () => {
    expect(parseConfig({ CONTEXTIQ_TEST_POSTGRES_URL: 'postgres://elsewhere/db', CONTEXTIQ_CI_CACHE: '/tmp' }).database.kind).toBe('pglite');
  });

  it('lets the embedding endpoint follow the model endpoint unless it has its own', () => {
    const config = parseConfig({ CONTEXTIQ_EMBEDDING_MODEL: 'nomic', CONTEXTIQ_MODEL_URL: 'http://127.0.0.1:9/v1', CONTEXTIQ_EMBEDDING_DIMENSION: '768' });
    expect(config.embedding).toMatchObject({ kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', dimension: 768 });
  });

  it('archives beside a PostgreSQL server only into a bucket that all of its processes share', () => {
    const server = { CONTEXTIQ_DATABASE_URL: 'postgres://u:p@h/d', CONTEXTIQ_ARCHIVE_AFTER_DAYS: '30' };
    expect(() => parseConfig(server)).toThrow(/CONTEXTIQ_OBJECTS_URL: needed to archive/);
    expect(parseConfig({ ...server, CONTEXTIQ_OBJECTS_URL: 's3://bucket' })).toMatchObject({ archiveAfterDays: 30, payloadInlineBytes: 65_536 });
    expect(parseConfig({ CONTEXTIQ_ARCHIVE_AFTER_DAYS: '7', CONTEXTIQ_PAYLOAD_INLINE_BYTES: '0' })).toMatchObject({ archiveAfterDays: 7, payloadInlineBytes: null });
    expect(parseConfig({})).toMatchObject({ archiveAfterDays: null });
  });

  it('keeps objects as files, or in the bucket that a URL names, with the usual keys of AWS', () => {
    expect(parseConfig({ CONTEXTIQ_DATA_DIR: '/srv/data' }).objects).toEqual({ kind: 'files', directory: '/srv/data/objects' });
    const url = 's3://bucket/a/b?endpoint=http://127.0.0.1:8333&region=eu-west-1';
    expect(parseConfig({ CONTEXTIQ_OBJECTS_URL: url, AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' }).objects)
      .toEqual({ kind: 's3', bucket: 'bucket', prefix: 'a/b', endpoint: 'http://127.0.0.1:8333', region: 'eu-west-1', credentials: { accessKeyId: 'k', secretAccessKey: 's' } });
    expect(parseConfig({ CONTEXTIQ_OBJECTS_URL: 's3://bucket' }).objects).toMatchObject({ prefix: '', endpoint: null, region: 'us-east-1', credentials: null });
    for (const wrong of ['http://bucket', 's3://', 's3://bucket?endpoint=nowhere', 's3://bucket?acl=public', 's3://key:secret@bucket']) {
      expect(() => parseConfig({ CONTEXTIQ_OBJECTS_URL: wrong })).toThrow(/CONTEXTIQ_OBJECTS_URL: .*s3:/);
    }
  });

  it('calls agents on other servers only where they are listed', () => {
    expect(parseConfig({}).remoteAgents).toEqual({ origins: [], networks: [], timeoutMs: 30_000, authorizations: {} });
    expect(parseConfig({
      CONTEXTIQ_A2A_REMOTE_HOSTS: 'Agents.example.com, agents.example.com:8443,http://127.0.0.1:9000,10.0.0.0/8,fd00::/8',
      CONTEXTIQ_A2A_REMOTE_TOKENS: '{"https://agents.example.com/": {"default": {"weather": "Bearer x"}}}',
    }).remoteAgents).toEqual({
      origins: ['https://agents.example.com', 'https://agents.example.com:8443', 'http://127.0.0.1:9000'], networks: ['10.0.0.0/8', 'fd00::/8'], timeoutMs: 30_000,
      authorizations: { 'https://agents.example.com': { default: { weather: 'Bearer x' } } },
    });
    for (const wrong of ['*', '*.example.com', 'https://a.example/path', 'https://me@a.example', 'ftp://a.example', '10.0.0.0/99']) {
      expect(() => parseConfig({ CONTEXTIQ_A2A_REMOTE_HOSTS: wrong })).toThrow(/CONTEXTIQ_A2A_REMOTE_HOSTS: .*agents\.example\.com/);
    }
    for (const wrong of ['secret', '{"weather": "Bearer x"}', '{"https://a.example": {"default": {"weather": "a\\nb"}}}']) {
      expect(() => parseConfig({ CONTEXTIQ_A2A_REMOTE_TOKENS: wrong })).toThrow(/CONTEXTIQ_A2A_REMOTE_TOKENS: /);
    }
  });
});
