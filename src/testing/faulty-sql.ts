import type { Sql } from '../storage/sql';

/** What a process does that is killed: nothing more. */
export class Killed extends Error {}

/**
 * Wraps a handle so that the process behind it “dies” at chosen statements: from then on every use fails until `revive`.
 * A death may fall before a statement or, for the last one of a transaction, after its commit.
 */
export function createFaultySql() {
  let calls = 0;
  let dead = false;
  let deathAt: (call: number, label: string) => boolean = () => false;

  const step = (label: string): void => {
    calls += 1;
    if (dead || deathAt(calls, label)) {
      dead = true;
      throw new Killed(`killed at ${label}`);
    }
  };
  const wrap = (sql: Sql): Sql => ({
    query: async (statement, values) => {
      step(statement.name ?? statement.text.slice(0, 40));
      return sql.query(statement, values);
    },
    transact: async (work) => {
      const result = await sql.transact((tx) => work(wrap(tx)));
      step('after commit');
      return result;
    },
    afterCommit: (callback) => { sql.afterCommit(callback); },
  });
  return {
    wrap,
    /** The next death; calls are counted from now on. */
    dieWhen(next: (call: number, label: string) => boolean): void {
      calls = 0;
      deathAt = next;
    },
    revive(): void {
      dead = false;
    },
  };
}
