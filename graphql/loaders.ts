import DataLoader from 'dataloader';
import type { App } from '../src/compose/app';
import type { CandidateOutcome, Generation, Outcome } from '../src/domain/generation/generation';
import type { Memory, MemoryRevision } from '../src/domain/memory/memory';
import type { Event } from '../src/domain/session/event';
import type { Session } from '../src/domain/session/session';
import type { Actor } from '../src/kernel/actor';
import { isUuid } from '../src/kernel/ids';
import type { JsonObject } from '../src/kernel/json';
import type { Page } from '../src/kernel/page';

/** A field of one parent with its arguments. */
export interface OfParent<Args extends object> {
  readonly id: string;
  readonly args: Args;
}
type FieldLoader<Args extends object, Value> = DataLoader<OfParent<Args>, Value, string>;

export interface Loaders {
  readonly session: DataLoader<string, Session | null>;
  readonly memory: DataLoader<string, Memory | null>;
  readonly event: DataLoader<string, Event | null>;
  readonly generation: DataLoader<string, Generation | null>;
  readonly lastEvents: FieldLoader<{ last: number }, readonly Event[]>;
  readonly eventsFrom: FieldLoader<{ fromSeq: number; limit: number }, readonly Event[]>;
  readonly stateAt: FieldLoader<{ seq: number }, JsonObject>;
  readonly revisions: FieldLoader<{ limit: number; before: number | null }, Page<MemoryRevision>>;
  readonly candidates: FieldLoader<{ limit: number; after: number }, Page<CandidateOutcome>>;
  readonly outcomes: FieldLoader<object, ReadonlyMap<Outcome | null, number>>;
}

/** Ids in one statement. */
const MAX_IDS = 1000;
/** Parents in one statement, each of which may give a whole page. */
const MAX_PARENTS = 200;

/** One set per operation: it batches what one answer needs and outlives nothing. */
export function createLoaders(app: App, actor: Actor): Loaders {
  return {
    session: byId((ids) => app.sessions.getMany(actor, ids)),
    memory: byId((ids) => app.memories.getMany(actor, ids)),
    event: byId((ids) => app.events.getMany(actor, ids)),
    generation: byId((ids) => app.generations.getMany(actor, ids)),
    lastEvents: ofParents((ids, { last }) => app.events.readLast(actor, ids, last)),
    eventsFrom: ofParents((ids, { fromSeq, limit }) => app.events.readRanges(actor, ids, fromSeq, limit)),
    stateAt: ofParents(async ([id = ''], { seq }) => [await app.events.stateAt(actor, id, seq)], 1),
    revisions: ofParents((ids, position) => app.memories.revisionsOfMany(actor, ids, position)),
    candidates: ofParents((ids, position) => app.generations.candidatesOfMany(actor, ids, position)),
    outcomes: ofParents((ids) => app.generations.outcomesOfMany(actor, ids)),
  };
}

/** What is no UUID is the id of nothing: it finds null without asking the database. */
function byId<T>(fetch: (ids: readonly string[]) => Promise<readonly (T | null)[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map<string, T | null>();
    for (const part of inParts(ids.filter(isUuid), MAX_IDS)) {
      const items = await fetch(part);
      part.forEach((id, index) => found.set(id, items[index] ?? null));
    }
    return ids.map((id) => found.get(id) ?? null);
  });
}

/**
 * A field of many parents: one statement for all that ask with the same arguments. Statements follow each other, so that no
 * document takes more than one connection per loader, however many aliases it has. A failure is that of its own parents.
 */
function ofParents<Args extends object, Value>(
  fetch: (ids: readonly string[], args: Args) => Promise<readonly Value[]>, perStatement = MAX_PARENTS,
): FieldLoader<Args, Value> {
  return new DataLoader<OfParent<Args>, Value, string>(async (keys) => {
    const groups = new Map<string, OfParent<Args>[]>();
    for (const key of keys) {
      const group = groups.get(JSON.stringify(key.args)) ?? [];
      group.push(key);
      groups.set(JSON.stringify(key.args), group);
    }
    const found = new Map<string, Value | Error>();
    for (const [name, group] of groups) {
      for (const part of inParts(group, perStatement)) {
        const [{ args }] = part;
        const values = await fetch(part.map(({ id }) => id), args).catch(asError);
        part.forEach(({ id }, index) => found.set(`${id} ${name}`, values instanceof Error ? values : (values[index] ?? new Error('a parent has no value'))));
      }
    }
    return keys.map((key) => found.get(nameOf(key)) ?? new Error('a parent was not asked for'));
  }, { cacheKeyFn: nameOf });
}

const nameOf = ({ id, args }: OfParent<object>): string => `${id} ${JSON.stringify(args)}`;
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function inParts<T>(items: readonly T[], size: number): (readonly [T, ...T[]])[] {
  const parts: (readonly [T, ...T[]])[] = [];
  for (let from = 0; from < items.length; from += size) {
    const [first, ...rest] = items.slice(from, from + size);
    if (first !== undefined) parts.push([first, ...rest]);
  }
  return parts;
}
