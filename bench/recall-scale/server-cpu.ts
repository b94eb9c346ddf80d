import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';

const TICKS_PER_SECOND = 100;

/** CPU seconds that the database's connections have used so far. Linux, and a server on this machine. */
export async function serverCpu(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and application_name = 'contextiq'`);
  const used = await Promise.all(rows.map(async ({ pid }) => {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]); // utime and stime; the name before may hold blanks
  }));
  return used.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
}
