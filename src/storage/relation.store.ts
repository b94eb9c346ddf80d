import { MAX_DEPTH, MAX_FAN_OUT, MAX_LEVEL, NODE_KINDS, type Node, type NodeKind, type RelatedNode, type Relation, type RelationStep } from '../domain/relation/relation';
import type { RelationStore } from '../domain/relation/relation.store';
import { ARMS, type Arm } from './relation-arms';
import { planned, prepared, type Sql } from './sql';

/**
 * How many neighbours of each relation of a node are looked at: first a few, since those come first and a level is soon full; as many as are followed,
 * and one more, where that did not fill it.
 */
const REACHES = [4, 16, MAX_FAN_OUT + 1];

/** Neighbours over one relation, where they can still lead to what is wanted (`$11`, see `stepsTo`). A key is only read as a UUID where it is one. */
const arm = ({ from, to, sql }: Arm, index: number): string => `
  select ${index} as arm, '${to}' as kind, a.id collate "C" as id, row_number() over () as n from (select * from (select * from (
    ${sql.replaceAll('f.uid', `case when f.kind = '${from}' then f.id::uuid end`).replaceAll(/\bf\.id\b(?!::)/g, `case when f.kind = '${from}' then f.id end`)}
  ) one limit ${MAX_FAN_OUT + 1}) newest limit reach.most) a where w.depth + 1 + ($11::int[])[${NODE_KINDS.indexOf(to) + 1}] <= $5::int`;

/** Nodes are asked for the relations of their kind alone. */
const neighbours = NODE_KINDS.map((from) => {
  const arms = ARMS.flatMap((each, index) => (each.from === from ? [arm(each, index)] : []));
  return `select e.kind, e.id, e.arm, e.n, f.kind as from_kind, f.id collate "C" as from_id
    from jsonb_to_recordset(w.level) as f (kind text, id text) cross join lateral (${arms.join(' union all ')}) e where f.kind = '${from}'`;
}).join(' union all ');

/**
 * Level by level: a row of the recursion is a whole level, so that no node is walked from twice and a level is bounded. Each node keeps where it
 * was first reached from. A shorter reach that could fill the level is tried first, and is as good as the longest when it did, or when nothing was cut:
 * whoever comes first in any order of neighbours comes first. What was seen is the keys of an object: an array would be read to its end for every neighbour. `$6`: the kinds that are wanted, in their order; enough is when `$7` of them were found behind the place `$8`, `$9`, `$10`.
 */
const WALK = prepared('relation.walk', `
  with recursive walk (depth, level, seen, partial, found) as (
    select 0, jsonb_build_array(jsonb_build_object('kind', $3::text, 'id', $4::text)), jsonb_build_object($3::text || ':' || $4::text, 1), false, 0::bigint
    union all
    select w.depth + 1, next.level, w.seen || next.keys, next.partial, w.found + next.found
    from walk w cross join lateral (
      select next.* from (values ${REACHES.map((reach) => `(${reach})`).join(', ')}) reach (most) cross join lateral (
        select jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'arm', arm, 'fromKind', from_kind, 'fromId', from_id)) filter (where place <= ${MAX_LEVEL}) as level,
          jsonb_object_agg(kind || ':' || id, 1) filter (where place <= ${MAX_LEVEL}) as keys, max(deepest) > ${MAX_FAN_OUT} or count(place) > ${MAX_LEVEL} as partial,
          count(*) filter (where place <= ${MAX_LEVEL} and kind = any ($6::text[])
            and (w.depth + 1, array_position($6, kind), id) > ($8::int, $9::int, $10::text collate "C")) as found,
          count(place) as places, coalesce(max(deepest), 0) as deepest
        from (
          select *, case when is_new then row_number() over (partition by is_new order by n, arm, from_id) end as place from (
            select distinct on (kind, id) *, max(n) over () as deepest, n <= ${MAX_FAN_OUT} and not w.seen ? (kind || ':' || id) as is_new
            from (${neighbours}) reached order by kind, id, n, arm, from_id) one) ranked) next
      where (reach.most > ${MAX_FAN_OUT} or jsonb_array_length(w.level) * reach.most > ${MAX_LEVEL / 3})
        and (reach.most > ${MAX_FAN_OUT} or places > ${MAX_LEVEL} or deepest < reach.most) limit 1) next
    where w.depth < $5::int and w.found < $7::int and next.level is not null)
  select depth, level, partial from walk where depth > 0 order by depth`);

/** For each kind of node how many steps at least lead from it to one that is wanted; more than a walk has from where none does. */
function stepsTo(wanted: readonly NodeKind[]): number[] {
  const steps = new Map(wanted.map((kind) => [kind, 0]));
  for (let reached = 0; reached < MAX_DEPTH; reached += 1) {
    for (const { from, to } of ARMS) if (steps.get(to) === reached && !steps.has(from)) steps.set(from, reached + 1);
  }
  return NODE_KINDS.map((kind) => steps.get(kind) ?? MAX_DEPTH + 1);
}

/**
 * Planning some twenty lookups anew takes 12 ms, the walk from a session 1. And neighbours are read in the order of an index, a few of many:
 * the planner, who sees no limit, would collect and sort them all.
 */
const KEEP_PLAN = planned('relation.keepPlan', `
  select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)`);

interface LevelRow {
  readonly depth: number;
  readonly level: readonly { readonly kind: NodeKind; readonly id: string; readonly arm: number; readonly fromKind: NodeKind; readonly fromId: string }[];
  readonly partial: boolean;
}

export function createRelationStore(sql: Sql): RelationStore {
  return {
    async walk(actor, from, { depth, kinds, enough, after }) {
      const limits = actor.scopeLimits.length === 0 ? null : actor.scopeLimits.map((limit) => JSON.stringify(limit));
      const rows = await sql.transact(async (tx) => {
        await tx.query(KEEP_PLAN, []);
        return tx.query<LevelRow>(WALK, [
          actor.tenantId, limits, from.kind, from.id, depth, kinds, enough, after?.depth ?? 0, after === null ? 0 : kinds.indexOf(after.kind) + 1, after?.id ?? '', stepsTo(kinds),
        ]);
      });
      const paths = new Map<string, readonly RelationStep[]>([[keyOf(from), []]]);
      const nodes: RelatedNode[] = [];
      for (const { depth: reached, level } of rows) {
        for (const { kind, id, arm: index, fromKind, fromId } of level) {
          const { relation, forward } = armOf(index);
          const path = [...(paths.get(keyOf({ kind: fromKind, id: fromId })) ?? []), { kind, id, relation, isForward: forward }];
          paths.set(keyOf({ kind, id }), path);
          nodes.push({ kind, id, depth: reached, path });
        }
      }
      return { nodes, isPartial: rows.some(({ partial }) => partial) };
    },
  };
}

const keyOf = ({ kind, id }: Node): string => `${kind}:${id}`;

function armOf(index: number): { readonly relation: Relation; readonly forward: boolean } {
  const found = ARMS[index];
  if (found === undefined) throw new Error(`no relation has the number ${index}`);
  return found;
}
