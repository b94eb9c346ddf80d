import { Client } from 'pg';
import { z } from 'zod';

const FETCH = 500;
const Mapping = z.looseObject({ query: z.string().min(1) });

/** The rows of a mapping's query as JSON lines, some at a time, read only; times without a zone are this machine's. */
export async function* rowsOf(databaseUrl: string, query: string): AsyncGenerator<string, void, undefined> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'contextiq-import', connectionTimeoutMillis: 15_000 });
  await client.connect();
  try {
    await client.query('begin transaction read only');
    await client.query(`declare contextiq_import no scroll cursor for ${query}`);
    for (;;) {
      const { rows } = await client.query<Record<string, unknown>>(`fetch ${FETCH} from contextiq_import`);
      if (rows.length === 0) return;
      yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    }
  } finally {
    await client.end();
  }
}

/** A mapping file: the query is for this program, the rest for the gateway. */
export function splitMapping(text: string): { readonly query: string | null; readonly mapping: Readonly<Record<string, unknown>> } {
  const value = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  const withQuery = Mapping.safeParse(value);
  if (!withQuery.success) return { query: null, mapping: value };
  const { query, ...mapping } = withQuery.data;
  return { query, mapping };
}
