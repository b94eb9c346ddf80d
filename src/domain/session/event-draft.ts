import { badInput } from '../../kernel/errors';
import { isUuid, newId } from '../../kernel/ids';
import { isStorableText } from '../../kernel/scope';
import { analyze, toTsVector } from '../search/text-analysis';
import { eventText, type ContentPart, type NewEvent } from './event';
import type { EventDraft } from './session.store';
import { requireStorableJson, splitState, withoutTemp } from './state';

export const MAX_EVENT_BYTES = 256 * 1024;
const MAX_PARTS = 100;
const MAX_NAME = 256;

/**
 * Checks one event and resolves its defaults. Tool outputs are searchable text too: agents look for what a tool said.
 * @throws GatewayError BAD_USER_INPUT naming the field below `field`
 */
export function draftEvent(event: NewEvent, field: string, now: Date): EventDraft {
  if (event.id !== undefined && !isUuid(event.id)) throw badInput(`${field}.id`, 'an event id is a UUID');
  const content = event.content ?? [];
  const actions = event.actions ?? {};
  if (content.length > MAX_PARTS) throw badInput(`${field}.content`, `an event has at most ${MAX_PARTS} content parts`);
  if (content.length === 0 && Object.keys(actions).length === 0) {
    throw badInput(`${field}.content`, 'an event needs content or actions', 'EMPTY_EVENT');
  }
  requireName(event.authorName, `${field}.authorName`);
  requireName(event.invocationId, `${field}.invocationId`);
  const contentJson = requireStorableJson(content, `${field}.content`, MAX_EVENT_BYTES);
  const actionsJson = requireStorableJson(actions, `${field}.actions`, MAX_EVENT_BYTES);
  const metadataJson = requireStorableJson(event.metadata ?? {}, `${field}.metadata`, 16 * 1024);
  const stored = actions.stateDelta === undefined ? actions : { ...actions, stateDelta: withoutTemp(actions.stateDelta) };
  const analysis = analyze(searchableText(content, actions));
  return {
    id: event.id?.toLowerCase() ?? newId(now.getTime()),
    author: event.author,
    authorName: event.authorName ?? null,
    invocationId: event.invocationId ?? null,
    content,
    actions: stored,
    metadata: event.metadata ?? {},
    occurredAt: event.occurredAt ?? now,
    json: { content: contentJson, actions: stored === actions ? actionsJson : JSON.stringify(stored), metadata: metadataJson },
    delta: splitState(actions.stateDelta ?? {}),
    tsv: toTsVector(analysis),
    length: analysis.length,
  };
}

/** What was recalled is left out: it would find itself again. */
function searchableText(content: readonly ContentPart[], actions: NonNullable<NewEvent['actions']>): string {
  const said = eventText({ content: content.filter((part) => part.type !== 'text' || part.fromRecall !== true) });
  if (actions.toolOutputs === undefined) return said;
  return [said, ...actions.toolOutputs.map(({ output }) => (typeof output === 'string' ? output : JSON.stringify(output)))].join('\n');
}

function requireName(value: string | null | undefined, field: string): void {
  if (value === null || value === undefined) return;
  if (value === '' || value.length > MAX_NAME || !isStorableText(value)) {
    throw badInput(field, `${field} has 1 to ${MAX_NAME} characters, without NUL or lone surrogates`);
  }
}
