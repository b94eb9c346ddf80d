import type { PayloadStore } from '../domain/session/large-append';
import type { EventDraft } from '../domain/session/session.store';
import type { ObjectStore } from '../platform/objects/objects.port';
import { MAX_OBJECT_BYTES, once, packPayload, toPayload, type PackedObject } from './event-bodies';
import { EVENT_TEXT } from './event-text.sql';
import { announceObjects, objectName } from './object-ledger';
import { prepared, type Sql } from './sql';

/** The server's own words for values that are no text: a search finds the same wherever a body is. */
const EXCERPTS = prepared('payload.excerpts', `
  select ${EVENT_TEXT} as text from unnest($1::jsonb[], $2::jsonb[]) with ordinality as e (content, actions, n) order by n`);

interface Large extends PackedObject {
  readonly draft: EventDraft;
}

/** Bodies above `inlineBytes` of JSON go to objects named by their sum: the same body twice in a tenant is one object. */
export function createPayloadStore(sql: Sql, objects: ObjectStore, inlineBytes: number): PayloadStore {
  return {
    async keep(actor, drafts) {
      const large = drafts.flatMap((draft): Large[] => {
        const bytes = Buffer.byteLength(draft.json.content) + Buffer.byteLength(draft.json.actions);
        return bytes > inlineBytes ? [{ ...packPayload(toPayload(draft)), draft }] : [];
      });
      if (large.length === 0) return drafts;
      const announced = await announceObjects(sql, actor.tenantId, large.map(({ key }) => key));
      const outside = large.filter(({ key }) => announced.has(key));
      const texts = await sql.query<{ text: string }>(EXCERPTS, [
        outside.map(({ draft }) => draft.json.content), outside.map(({ draft }) => draft.json.actions),
      ]);
      const kept = new Map<EventDraft, EventDraft>();
      for (const [index, { key, bytes, draft }] of outside.entries()) {
        if (announced.get(key)?.stored !== true) await objects.put(objectName(actor.tenantId, key), once(bytes), MAX_OBJECT_BYTES);
        kept.set(draft, { ...draft, outside: { key, excerpt: texts[index]?.text ?? '' } });
      }
      return drafts.map((draft) => kept.get(draft) ?? draft);
    },
  };
}

/** Where there is no object store that every process sees: bodies stay in their rows. */
export const inRows: PayloadStore = { keep: async (_, drafts) => drafts };
