import type { ContentPart, EventActions, NewEvent } from '../../src/domain/session/event';
import { MAX_EVENT_BYTES } from '../../src/domain/session/event-draft';
import { requireStorableJson } from '../../src/domain/session/state';
import { badInput } from '../../src/kernel/errors';
import { isStorableText } from '../../src/kernel/scope';
import { given } from '../input';
import type { ContentPartInput, EventActionsInput, EventInput } from './event.types';

/** GraphQL's optional-or-null input to the domain's event. @throws GatewayError BAD_USER_INPUT below `field` */
export function toNewEvent(input: EventInput, field: string): NewEvent {
  const text: ContentPart[] = input.text === null || input.text === undefined ? [] : [{ type: 'text', text: input.text }];
  // As a part of the content it would be refused under a name that the caller did not use.
  if (text.length > 0) requireText(input.text ?? '', `${field}.text`);
  const parts = (input.content ?? []).map((part, index) => toPart(part, `${field}.content.${index}`));
  const event: NewEvent = {
    author: input.author,
    authorName: input.authorName ?? null,
    invocationId: input.invocationId ?? null,
    content: parts.length === 0 ? text : [...text, ...parts],
    actions: input.actions === null || input.actions === undefined ? {} : toActions(input.actions),
    metadata: input.metadata ?? {},
  };
  const isPlain = (input.id === null || input.id === undefined) && (input.occurredAt === null || input.occurredAt === undefined);
  return isPlain ? event : { ...event, ...given(input, ['id', 'occurredAt']) };
}

/** As JSON a character has at most six bytes; a text that is surely short enough is not written to be measured. */
function requireText(text: string, field: string): void {
  if (text.length * 6 + 2 > MAX_EVENT_BYTES || !isStorableText(text)) requireStorableJson(text, field, MAX_EVENT_BYTES);
}

function toPart(part: ContentPartInput, field: string): ContentPart {
  const isText = part.text !== null && part.text !== undefined;
  const isData = part.mediaType !== null && part.mediaType !== undefined;
  if (isText === isData) throw badInput(field, 'a content part has either text, or mediaType with data');
  if (isText) return { type: 'text', text: part.text ?? '', ...(part.fromRecall === true ? { fromRecall: true } : {}) };
  return { type: 'data', mediaType: part.mediaType ?? '', data: part.data ?? null };
}

const toActions = (input: EventActionsInput): EventActions => ({
  ...(input.stateDelta === null || input.stateDelta === undefined ? {} : { stateDelta: input.stateDelta }),
  ...(input.toolCalls === null || input.toolCalls === undefined ? {} : {
    toolCalls: input.toolCalls.map((call) => ({ id: call.id, name: call.name, arguments: call.arguments ?? null })),
  }),
  ...(input.toolOutputs === null || input.toolOutputs === undefined ? {} : {
    toolOutputs: input.toolOutputs.map(({ toolCallId, output, isError }) => ({ toolCallId, output: output ?? null, ...(isError === true ? { isError } : {}) })),
  }),
  ...(input.transferTo === null || input.transferTo === undefined ? {} : { transferTo: input.transferTo }),
});
