import { prepared } from './sql';

/** How long a relay has for publishing what it took; then another may. */
const RELAY_MS = 10_000;

const LATER = (parameter: string): string => `now() + make_interval(secs => ${parameter}::float8 / 1000)`;
/** A claim takes the job off the broker's books: when the lease lapses or a retry is due, it is due for publishing like a new one. */
const LEASED = `run_at = ${LATER('$4')}, lease_token = $3, attempts = j.attempts + 1, published_at = null, relay_until = null`;
const ROW = 'j.tenant_id, j.id, j.name, j.payload, j.attempts';
const HELD = 'tenant_id = $1 and id = $2 and lease_token = $3';

/** Materialized: a join that ran the subquery again would lock and claim more than the limit. */
export const CLAIM_DUE = prepared('job.claimDue', `
  with due as materialized (
    select tenant_id, id from jobs where name = any ($1::text[]) and run_at <= now() and dead_at is null
    order by case when $5::boolean then priority else 0 end, run_at, id limit $2 for update skip locked)
  update jobs j set ${LEASED} from due
  where j.tenant_id = due.tenant_id and j.id = due.id returning ${ROW}`);

export const CLAIM = prepared('job.claim', `
  update jobs j set ${LEASED} where j.tenant_id = $1 and j.id = $2 and j.dead_at is null and j.run_at <= now() returning ${ROW}`);

export const RENEW = prepared('job.renew', `update jobs set run_at = ${LATER('$4')} where ${HELD} returning id`);

export const DONE = prepared('job.done', `delete from jobs where ${HELD}`);

/** The newest ten failures, with when and at which attempt. */
const withError = (error: string): string => `jsonb_path_query_array(
  errors || jsonb_build_array(jsonb_build_object('at', now(), 'attempt', attempts, 'error', ${error}::text)),
  '$[last - 9 to last]')`;

export const RETRY = prepared('job.retry', `
  update jobs set run_at = ${LATER('$4')}, lease_token = null, last_error = $5,
    errors = case when $6 then ${withError('$5')} else errors end, attempts = case when $6 then attempts else attempts - 1 end
  where ${HELD}`);

export const DEAD = prepared('job.dead', `
  update jobs set dead_at = now(), lease_token = null, last_error = $4, errors = ${withError('$4')} where ${HELD}`);

export const RESERVE = prepared('job.reserve', `
  with due as materialized (
    select d.tenant_id, d.id from unnest($1::text[], $2::smallint[]) as q (name, priority)
    cross join lateral (
      select tenant_id, id from jobs where name = q.name and priority = q.priority and dead_at is null and run_at <= now()
        and published_at is null and (relay_until is null or relay_until <= now())
      order by run_at, id
      limit greatest(0, least($3::bigint, $4::bigint - (
        select count(*) from jobs p where p.name = q.name and p.priority = q.priority and p.published_at is not null)))
      for update skip locked) d)
  update jobs j set relay_until = now() + interval '${RELAY_MS} milliseconds' from due
  where j.tenant_id = due.tenant_id and j.id = due.id returning j.tenant_id, j.id, j.name, j.priority`);

const THESE = '(tenant_id, id) in (select * from unnest($1::text[], $2::uuid[]))';
/** A worker that was quicker has cleared \`relay_until\`: its claim stands. */
export const MARK_PUBLISHED = prepared('job.markPublished', `
  update jobs set published_at = now(), relay_until = null where ${THESE} and relay_until is not null`);
export const RELEASE = prepared('job.release', `update jobs set relay_until = null where ${THESE} and relay_until is not null`);

const UNCLAIMED_FOR = (parameter: string): string => `published_at < now() - make_interval(secs => ${parameter}::float8 / 1000)`;
export const OVERDUE = prepared('job.overdue', `select distinct name, priority from jobs where ${UNCLAIMED_FOR('$1')}`);
export const UNPUBLISH = prepared('job.unpublish', `
  update jobs set published_at = null where name = $1 and priority = $2 and ${UNCLAIMED_FOR('$3')} returning id`);

export const RELEASE_JOBS = prepared('job.releaseAll', 'update jobs set run_at = now(), lease_token = null where lease_token is not null');
export const RELEASE_LEASES = prepared('lease.releaseAll', `update leases set expires_at = '-infinity'`);
