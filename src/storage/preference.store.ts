import type { PreferenceStore } from '../domain/preference/preference.store';
import { badInput } from '../kernel/errors';
import type { JsonObject } from '../kernel/json';
import { MERGE_SHARED } from './session.store';
import { prepared, type Sql } from './sql';

const MAX_STATE_BYTES = 1024 * 1024;

const READ = prepared('preference.read', 'select state, version, updated_at from shared_states where tenant_id = $1 and kind = $2 and owner = $3');
/** Version 0 stands for none: the merge that follows makes it 1. */
const MAKE = prepared('preference.make', 'insert into shared_states (tenant_id, kind, owner, version) values ($1, $2, $3, 0) on conflict do nothing');
const LOCK = prepared('preference.lock', 'select version from shared_states where tenant_id = $1 and kind = $2 and owner = $3 for update');

export function createPreferenceStore(sql: Sql): PreferenceStore {
  return {
    async read({ tenantId }, { kind, id }) {
      const [row] = await sql.query<{ state: JsonObject; version: string; updated_at: Date }>(READ, [tenantId, kind, id]);
      return row === undefined ? null : { state: row.state, version: Number(row.version), updatedAt: row.updated_at };
    },

    async lock({ tenantId }, { kind, id }) {
      await sql.query(MAKE, [tenantId, kind, id]);
      const [row] = await sql.query<{ version: string }>(LOCK, [tenantId, kind, id]);
      return Number(row?.version ?? 0);
    },

    async merge({ tenantId }, { kind, id }, patch) {
      const rows = await sql.query<{ size: number }>(MERGE_SHARED, [[tenantId], [kind], [id], [JSON.stringify([patch])]]);
      if (rows.some(({ size }) => size > MAX_STATE_BYTES)) throw badInput('input.patch', `the preferences would outgrow ${MAX_STATE_BYTES} bytes of JSON`, 'STATE_TOO_LARGE');
    },
  };
}
