import { Client } from 'pg';

/** The same server, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

/** Statements beside the tests' own connections. */
export async function onServer(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Makes the database of `url`, empty or as a copy of `template`. */
export const createDatabase = (url: string, template: string | null = null): Promise<void> =>
  onServer(withDatabase(url, 'postgres'), `create database "${nameOf(url)}" template "${template === null ? 'template0' : nameOf(template)}"`);

export const dropDatabase = (url: string): Promise<void> =>
  onServer(withDatabase(url, 'postgres'), `drop database if exists "${nameOf(url)}" with (force)`);
