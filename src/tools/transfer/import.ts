import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { loadToolSecrets } from '../../config/load';
import { FORMATS } from '../../domain/transfer/transfer';
import { GatewayError } from '../../kernel/errors';
import { createGatewayClient, type GatewayClient } from '../client';
import { DEFAULT_URL, parseOptions, runTool } from './options';
import { partsOf } from './parts';
import { patiently } from './patient';
import { rowsOf, splitMapping } from './query-rows';

const USAGE = `npm run import -- --format FORMAT FILE [--scope '{"user_id":"u1"}'] [--bank ID] [--mapping FILE] [--dry-run] [--url ${DEFAULT_URL}]
npm run import -- --format rows --mapping FILE      the rows of the mapping's query, from the PostgreSQL in CONTEXTIQ_IMPORT_DATABASE_URL

FORMAT: ${FORMATS.map((format) => format.toLowerCase()).join(', ')}. FILE: a path, or - for standard input. docs/moving.md tells more.
The key of an administrator stands in CONTEXTIQ_API_KEY, where the gateway asks for one.
`;

const FIELDS = 'id status progress done error counts { kind created existing refused } problems { line kind field code message }';
const OPEN = `mutation($input: ImportDataInput!, $key: String!) { importData(input: $input, idempotencyKey: $key) { ${FIELDS} } }`;
const ADD = `mutation($id: ID!, $part: Int!, $data: String!, $isLast: Boolean!) { addImportPart(id: $id, part: $part, data: $data, isLast: $isLast) { ${FIELDS} } }`;
const LOOK = `query($id: ID!) { dataImport(id: $id) { ${FIELDS} } }`;
const Import = z.object({
  id: z.string(), status: z.string(), progress: z.number(), done: z.number(), error: z.string().nullable(),
  counts: z.array(z.object({ kind: z.string(), created: z.number(), existing: z.number(), refused: z.number() })),
  problems: z.array(z.object({ line: z.number(), kind: z.string(), field: z.string().nullable(), code: z.string(), message: z.string() })),
});
type Import = z.infer<typeof Import>;
const Opened = z.object({ importData: Import });
const Added = z.object({ addImportPart: Import });
const Looked = z.object({ dataImport: Import.nullable() });
const POLL_MS = 500;

async function importData(args: readonly string[]): Promise<void> {
  const { words: [file, ...more], options } = parseOptions(args, ['--format', '--scope', '--bank', '--mapping', '--url'], ['--dry-run'], USAGE);
  const format = FORMATS.find((name) => name.toLowerCase() === options.get('--format'));
  if (format === undefined || more.length > 0) throw new GatewayError('BAD_USER_INPUT', USAGE);
  const mappingFile = options.get('--mapping');
  const { query, mapping } = mappingFile === undefined ? { query: null, mapping: null } : splitMapping(await readFile(mappingFile, 'utf8'));
  const { apiKey, importDatabaseUrl } = loadToolSecrets();
  const client = createGatewayClient(options.get('--url') ?? DEFAULT_URL, apiKey);
  try {
    const scope = options.get('--scope');
    const input = { format, mapping, dryRun: options.has('--dry-run'), scope: scope === undefined ? null : jsonOf(scope), bankId: options.get('--bank') ?? null };
    const id = await upload(client, input, partsOf(sourceOf(file, query, importDatabaseUrl)));
    report(await untilOver(client, id), input.dryRun);
  } finally {
    await client.close();
  }
}

function sourceOf(file: string | undefined, query: string | null, databaseUrl: string | null): AsyncIterable<string> {
  if (file === '-') return process.stdin.setEncoding('utf8');
  if (file !== undefined) return createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 });
  if (query === null || databaseUrl === null) throw new GatewayError('BAD_USER_INPUT', `without a FILE, the mapping has a query and CONTEXTIQ_IMPORT_DATABASE_URL names a PostgreSQL\n\n${USAGE}`);
  return rowsOf(databaseUrl, query);
}

/** Each part waits for the next one, to know whether it is the last. @returns the import's id */
async function upload(client: GatewayClient, input: object, parts: AsyncGenerator<string, void, undefined>): Promise<string> {
  const first = await parts.next();
  if (first.done === true) throw new GatewayError('BAD_USER_INPUT', 'there is no data');
  let next = await parts.next();
  const opened = { input: { ...input, data: first.value, isComplete: next.done === true }, key: randomUUID() };
  const { importData: { id } } = await patiently(() => client.request(Opened, OPEN, opened));
  for (let part = 2; next.done !== true; part += 1) {
    const data = next.value;
    next = await parts.next();
    const isLast = next.done === true;
    await patiently(() => client.request(Added, ADD, { id, part, data, isLast }));
    process.stderr.write(`part ${part} uploaded\n`);
  }
  return id;
}

async function untilOver(client: GatewayClient, id: string): Promise<Import> {
  process.stderr.write(`import ${id} goes on by itself from here, also when this program ends\n`);
  for (let told = -1; ; await pause(POLL_MS)) {
    const { dataImport } = await patiently(() => client.request(Looked, LOOK, { id }));
    if (dataImport === null) throw new GatewayError('NOT_FOUND', 'the import is gone: a person was forgotten meanwhile; nothing more is taken of it');
    if (['COMPLETED', 'FAILED', 'CANCELED'].includes(dataImport.status)) return dataImport;
    if (dataImport.done > told) process.stderr.write(`${Math.round(dataImport.progress * 100)} %, ${dataImport.done} records\n`);
    told = dataImport.done;
  }
}

function report({ status, error, counts, problems }: Import, dryRun: boolean): void {
  for (const { line, kind, field, code, message } of problems) process.stderr.write(`line ${line}, ${kind}${field === null ? '' : `.${field}`}: ${code}, ${message}\n`);
  for (const { kind, created, existing, refused } of counts) {
    process.stdout.write(`${kind === 'line' ? 'not read' : kind}: ${created} ${dryRun ? 'would be created' : 'created'}, ${existing} there already, ${refused} refused\n`);
  }
  if (status !== 'COMPLETED') throw new GatewayError('UNAVAILABLE', `the import is ${status}${error === null ? '' : `: ${error}`}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GatewayError('BAD_USER_INPUT', `--scope takes JSON, for example {"user_id":"u1"}, not ${text}`, {}, { cause: error });
  }
}

runTool(importData);
