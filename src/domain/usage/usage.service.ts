import { requireRole, requireUnlimited, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput } from '../../kernel/errors';
import type { CostOf } from './cost';
import type { DailyUsage, UsageStore } from './usage.store';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;
const MAX_ROWS = 1000;

export interface UsageService {
  costOf: CostOf;
  /**
   * The tenant's usage per day and model, newest day first; the last thirty days unless told. For admins without scope limits.
   * @throws GatewayError FORBIDDEN; BAD_USER_INPUT for what is no day, the wrong order, more than 366 days or more than 1,000 rows
   */
  daily(actor: Actor, from: string | null, to: string | null): Promise<readonly DailyUsage[]>;
}

export function createUsageService({ usage, costOf, clock }: { readonly usage: UsageStore; readonly costOf: CostOf; readonly clock: Clock }): UsageService {
  return {
    costOf,
    async daily(actor, from, to) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      const last = dayOf(to, 'to') ?? clock.now().getTime();
      const first = dayOf(from, 'from') ?? last - (DEFAULT_DAYS - 1) * DAY_MS;
      if (first > last) throw badInput('from', 'it lies after `to`', 'RANGE_REVERSED');
      if (last - first >= MAX_DAYS * DAY_MS) throw badInput('from', `at most ${MAX_DAYS} days at once`, 'RANGE_TOO_LARGE');
      const rows = await usage.daily(actor, textOf(first), textOf(last), MAX_ROWS + 1);
      if (rows.length > MAX_ROWS) throw badInput('from', `more than ${MAX_ROWS} rows: ask for fewer days`, 'RANGE_TOO_LARGE');
      return rows;
    },
  };
}

const textOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

function dayOf(text: string | null, field: string): number | null {
  if (text === null) return null;
  const instant = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // The parser takes the 31st of a shorter month for the first of the next.
  if (Number.isNaN(instant) || textOf(instant) !== text || text < '2000') throw badInput(field, 'a day, for example 2026-11-21', 'DAY_MALFORMED');
  return instant;
}
