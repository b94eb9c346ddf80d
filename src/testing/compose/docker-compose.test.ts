import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import Ajv from 'ajv';
import { z } from 'zod';
import { parseConfig, VARIABLES } from '../../config/schema';

const { load }: { load(text: string): unknown } = createRequire(__filename)('js-yaml');

const Service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.object({}).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const Compose = z.looseObject({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) });

const text = (name: string): Promise<string> => readFile(resolve(name), 'utf8');
const document = async (): Promise<unknown> => load(await text('docker-compose.yml'));
const compose = async (): Promise<z.infer<typeof Compose>> => Compose.parse(await document());
/** As Compose does it: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. */
const interpolated = (value: string, env: Record<string, string>): string =>
  value.replaceAll(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (whole, name: string, other: string = '') => (env[name] ?? '') || (whole.includes(':?') ? `missing ${name}` : other));

test('the file is one by the schema of the Compose Specification', async () => {
  const schema: unknown = JSON.parse(await readFile(join(__dirname, 'compose-spec.schema.json'), 'utf8'));
  // It names a draft of JSON Schema that this validator has not; what it uses of that is the same in draft 7.
  const asDraft7 = { ...z.looseObject({}).parse(schema), $schema: 'http://json-schema.org/draft-07/schema#' };
  const check = new Ajv({ schemaId: 'auto', unknownFormats: 'ignore', allErrors: true, logger: false }).compile(asDraft7);
  check(await document());
  expect(check.errors ?? []).toEqual([]);
  check({ services: { gateway: { image: 'x', heathcheck: {} } } });
  expect(check.errors).not.toBeNull();
});

test('what a service waits for can come about, every volume is declared, tags are pinned and ports are of this machine alone', async () => {
  const { services, volumes } = await compose();
  for (const [name, service] of Object.entries(services)) {
    expect([name, service.image]).toEqual([name, expect.stringMatching(/:\d/)]);
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const volume of service.volumes) expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
    for (const [other, { condition }] of Object.entries(service.depends_on)) {
      const target = services[other];
      expect([name, other, target !== undefined, condition !== 'service_healthy' || target?.healthcheck !== undefined]).toEqual([name, other, true, true]);
      expect([name, other, target?.profiles]).toEqual([name, other, service.profiles]);
    }
  }
});

test('gateway, worker and migrations are given a configuration that this version takes, with the example’s values', async () => {
  const { services } = await compose();
  const example = Object.fromEntries((await text('.env.example')).split('\n').filter((line) => /^\w+=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const known = VARIABLES.map(({ name }) => name);
  for (const name of ['gateway', 'worker', 'migrate']) {
    const env = Object.fromEntries(Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [key, interpolated(value, example)]));
    expect(Object.keys(env).filter((key) => !known.includes(key))).toEqual([]);
    expect(parseConfig({ ...env, CONTEXTIQ_HOST: '0.0.0.0' })).toMatchObject({
      auth: { kind: 'keys' }, database: { kind: 'postgres', url: 'postgres://contextiq:change-me@postgres:5432/contextiq' },
      redis: { url: 'redis://valkey:6379' }, queue: { kind: 'rabbitmq', url: 'amqp://contextiq:change-me@rabbitmq:5672' },
    });
  }
});
