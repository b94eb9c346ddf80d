import type { DailyUsage, UsageStore } from '../domain/usage/usage.store';
import { prepared, type Sql } from './sql';

const RECORD = prepared('usage.record', `
  insert into model_usage as u (tenant_id, day, model, calls, prompt_tokens, completion_tokens)
  select $1, (now() at time zone 'utc')::date, t.* from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) as t (model, calls, prompt_tokens, completion_tokens)
  order by t.model
  on conflict (tenant_id, day, model) do update set calls = u.calls + excluded.calls,
    prompt_tokens = u.prompt_tokens + excluded.prompt_tokens, completion_tokens = u.completion_tokens + excluded.completion_tokens`);

const DAILY = prepared('usage.daily', `
  select to_char(day, 'YYYY-MM-DD') as day, model, calls, prompt_tokens, completion_tokens from model_usage
  where tenant_id = $1 and day between $2::date and $3::date order by model_usage.day desc, model limit $4`);

interface Row {
  readonly day: string;
  readonly model: string;
  readonly calls: string;
  readonly prompt_tokens: string;
  readonly completion_tokens: string;
}

const toDailyUsage = (row: Row): DailyUsage => ({
  day: row.day, model: row.model, calls: Number(row.calls), promptTokens: Number(row.prompt_tokens), completionTokens: Number(row.completion_tokens),
});

export const createUsageStore = (sql: Sql): UsageStore => ({
  async record(actor, taken) {
    await sql.query(RECORD, [
      actor.tenantId, taken.map(({ model }) => model), taken.map(({ calls }) => calls),
      taken.map(({ promptTokens }) => promptTokens), taken.map(({ completionTokens }) => completionTokens),
    ]);
  },
  daily: async (actor, from, to, limit) => (await sql.query<Row>(DAILY, [actor.tenantId, from, to, limit])).map(toDailyUsage),
});
