import type { ApiClient } from './client';
import { until } from './until';

const FIELDS = 'id format status dryRun parts bytes done progress error counts { kind created existing refused } problems { line kind field code message } finishedAt';
const OPEN = `mutation($input: ImportDataInput!, $key: String) { importData(input: $input, idempotencyKey: $key) { ${FIELDS} } }`;
const ADD = `mutation($id: ID!, $part: Int!, $data: String!, $isLast: Boolean!) { addImportPart(id: $id, part: $part, data: $data, isLast: $isLast) { ${FIELDS} } }`;
const PAGE = 'query($after: String, $kinds: [String!]) { exportTenant(after: $after, kinds: $kinds) { text counts { kind count } next } }';

export type DataImport = Awaited<ReturnType<typeof importOf>>;

export const importOf = async (api: ApiClient, id: string) => (await api.ask(`query($id: ID!) { dataImport(id: $id) { ${FIELDS} } }`, { id })).dataImport;
export const openImport = async (api: ApiClient, input: object) => (await api.ask(OPEN, { input: { format: 'CONTEXTIQ', ...input } })).importData;
export const addPart = async (api: ApiClient, id: string, part: number, data: string, isLast: boolean) => (await api.ask(ADD, { id, part, data, isLast })).addImportPart;

/** The import once it has ended, however it did. */
export const untilOver = (api: ApiClient, id: string) => until(`the import ${id} ends`, async () => {
  const found = await importOf(api, id);
  return ['COMPLETED', 'FAILED', 'CANCELED'].includes(found?.status) ? found : null;
}, 60_000);

/** Brings data in, in parts when it is large. */
export async function bringIn(api: ApiClient, data: string, input: object = {}, partChars = 500_000): Promise<DataImport> {
  const { id } = await openImport(api, { data: data.slice(0, partChars), isComplete: data.length <= partChars, ...input });
  for (let at = partChars, part = 2; at < data.length; at += partChars, part += 1) await addPart(api, id, part, data.slice(at, at + partChars), at + partChars >= data.length);
  return untilOver(api, id);
}

/** Everything that a tenant has, as lines. */
export async function takeOut(api: ApiClient, kinds: readonly string[] | null = null): Promise<string> {
  const texts: string[] = [];
  for (let after: string | null = null; ;) {
    const { exportTenant }: { exportTenant: { text: string; next: string | null } } = await api.ask(PAGE, { after, kinds });
    texts.push(exportTenant.text);
    if (exportTenant.next === null) return texts.join('');
    after = exportTenant.next;
  }
}

export const created = ({ counts }: DataImport): Record<string, number> => Object.fromEntries(counts.map(({ kind, created: n }: { kind: string; created: number }) => [kind, n]));
export const jsonLines = (...values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
