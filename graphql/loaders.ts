import DataLoader from 'dataloader';
import type { App } from '../src/compose/app';
import type { A2AMessage, A2ATask } from '../src/domain/agent/a2a';
import type { Agent } from '../src/domain/agent/agent';
import type { Document, DocumentVersion, Passage } from '../src/domain/document/document';
import type { CandidateOutcome, Generation, Outcome } from '../src/domain/generation/generation';
import type { DerivedMemories, Memory, MemoryRevision } from '../src/domain/memory/memory';
import type { Distillation, ProcedureCandidate } from '../src/domain/procedural/learning/distillation';
import type { Procedure, ProcedureRevision, ProcedureUse, Workflow } from '../src/domain/procedural/procedure';
import type { AsOf } from '../src/domain/search/as-of';
import type { Event } from '../src/domain/session/event';
import type { Session } from '../src/domain/session/session';
import type { TreeEvent } from '../src/domain/session/tree';
import type { Summary } from '../src/domain/summary/summary';
import type { Actor } from '../src/kernel/actor';
import { isUuid } from '../src/kernel/ids';
import type { JsonObject } from '../src/kernel/json';
import type { Page, PageBefore, PageRequest } from '../src/kernel/page';
import { isStorableText } from '../src/kernel/scope';

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
  readonly document: DataLoader<string, Document | null>;
  readonly summary: DataLoader<string, Summary | null>;
  readonly summaries: FieldLoader<PageBefore<number>, Page<Summary>>;
  readonly generation: DataLoader<string, Generation | null>;
  readonly agent: DataLoader<string, Agent | null>;
  readonly message: DataLoader<string, A2AMessage | null>;
  readonly task: DataLoader<string, A2ATask | null>;
  readonly procedure: DataLoader<string, Procedure | null>;
  readonly distillation: DataLoader<string, Distillation | null>;
  readonly procedureCandidate: DataLoader<string, ProcedureCandidate | null>;
  readonly procedureRevisions: FieldLoader<PageBefore<number>, Page<ProcedureRevision>>;
  readonly procedureUses: FieldLoader<PageBefore<string>, Page<ProcedureUse>>;
  readonly workflowsOfSession: FieldLoader<PageRequest, Page<Workflow>>;
  readonly messagesOfSession: FieldLoader<{ limit: number; afterSeq: number }, readonly A2AMessage[]>;
  readonly messagesOfTask: FieldLoader<{ limit: number; afterSeq: number }, readonly A2AMessage[]>;
  readonly lastEvents: FieldLoader<{ last: number }, readonly Event[]>;
  readonly eventsFrom: FieldLoader<{ fromSeq: number; limit: number }, readonly Event[]>;
  readonly children: FieldLoader<{ depth: number; limit: number }, readonly Session[]>;
  readonly tree: FieldLoader<{ limit: number }, readonly Session[]>;
  readonly treeEvents: FieldLoader<PageRequest<number>, Page<TreeEvent>>;
  readonly stateAt: FieldLoader<{ seq: number }, JsonObject>;
  readonly stateAsOf: FieldLoader<AsOf, { readonly state: JsonObject | null }>;
  readonly revisions: FieldLoader<PageBefore<number>, Page<MemoryRevision>>;
  readonly memoriesOfSession: FieldLoader<DerivedMemories, Page<Memory>>;
  readonly memoriesOfEvent: FieldLoader<DerivedMemories, Page<Memory>>;
  readonly candidates: FieldLoader<PageRequest<number>, Page<CandidateOutcome>>;
  readonly passages: FieldLoader<PageRequest<number>, Page<Passage>>;
  readonly documentVersions: FieldLoader<PageBefore<number>, Page<DocumentVersion>>;
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
    document: byId((ids) => app.documents.getMany(actor, ids)),
    summary: byId((ids) => app.summaries.latestOfMany(actor, ids)),
    summaries: ofParents((ids, position) => app.summaries.historyOfMany(actor, ids, position)),
    generation: byId((ids) => app.generations.getMany(actor, ids)),
    agent: byId((ids) => app.agents.getMany(actor, ids), isStorableText),
    message: byId((ids) => app.a2a.getMessages(actor, ids)),
    task: byId((ids) => app.a2a.getTasks(actor, ids)),
    procedure: byId((ids) => app.procedures.getMany(actor, ids)),
    distillation: byId((ids) => app.learning.getJobs(actor, ids)),
    procedureCandidate: byId((ids) => app.learning.getCandidates(actor, ids)),
    procedureRevisions: ofParents((ids, position) => app.procedures.revisionsOfMany(actor, ids, position)),
    procedureUses: ofParents((ids, position) => app.procedures.usesOfMany(actor, ids, position)),
    workflowsOfSession: ofParents((ids, position) => app.procedures.workflowsOfSessions(actor, ids, position)),
    messagesOfSession: ofParents((ids, position) => app.a2a.messagesOfSessions(actor, ids, position)),
    messagesOfTask: ofParents((ids, position) => app.a2a.messagesOfTasks(actor, ids, position)),
    lastEvents: ofParents((ids, { last }) => app.events.readLast(actor, ids, last)),
    eventsFrom: ofParents((ids, { fromSeq, limit }) => app.events.readRanges(actor, ids, fromSeq, limit)),
    children: ofParents((ids, bounds) => app.trees.childrenOfMany(actor, ids, bounds)),
    tree: ofParents((ids, bounds) => app.trees.treesOfMany(actor, ids, bounds)),
    treeEvents: ofParents((ids, position) => app.trees.eventsOfMany(actor, ids, position)),
    stateAt: ofParents(async ([id = ''], { seq }) => [await app.events.stateAt(actor, id, seq)], 1),
    stateAsOf: ofParents(async ([id = ''], asOf) => [{ state: await app.events.stateAsOf(actor, id, asOf) }], 1),
    revisions: ofParents((ids, position) => app.memories.revisionsOfMany(actor, ids, position)),
    memoriesOfSession: ofParents((ids, derived) => app.memories.ofSessions(actor, ids, derived)),
    memoriesOfEvent: ofParents((ids, derived) => app.memories.ofEvents(actor, ids, derived)),
    candidates: ofParents((ids, position) => app.generations.candidatesOfMany(actor, ids, position)),
    passages: ofParents((ids, position) => app.documents.passagesOfMany(actor, ids, position)),
    documentVersions: ofParents((ids, position) => app.documents.versionsOfMany(actor, ids, position)),
    outcomes: ofParents((ids) => app.generations.outcomesOfMany(actor, ids)),
  };
}

/** What is no UUID, or whatever else the ids are, is the id of nothing: it finds null without asking the database. */
function byId<T>(fetch: (ids: readonly string[]) => Promise<readonly (T | null)[]>, isKey = isUuid): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map<string, T | null>();
    for (const part of inParts(ids.filter(isKey), MAX_IDS)) {
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
