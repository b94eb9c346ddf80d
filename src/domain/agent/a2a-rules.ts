import { badInput, conflict } from '../../kernel/errors';
import { MAX_EVENT_BYTES } from '../session/event-draft';
import { requireStorableJson } from '../session/state';
import { isFinal, type A2APart, type A2ATask, type A2ATaskUpdate, type NewA2AMessage } from './a2a';
import { requireText } from './agent-rules';

const MAX_PARTS = 50;
const MAX_METADATA_BYTES = 16 * 1024;
const MAX_URL = 4000;
const MAX_KEYS = 50;
const MAX_REASON = 500;
export const DEFAULT_TIMEOUT_SECONDS = 3600;
/** Feeds are kept for a week: no task waits longer than its inbox item does. */
const MAX_TIMEOUT_SECONDS = 7 * 24 * 3600;

/** @throws GatewayError BAD_USER_INPUT naming the field below `input` */
export function requireMessage(input: NewA2AMessage): void {
  requireText(input.messageId, 'input.messageId');
  requireText(input.toAgentId, 'input.toAgentId');
  if (input.fromAgentId !== null) requireText(input.fromAgentId, 'input.fromAgentId');
  requireParts(input.parts);
  if (input.invocationId !== null) requireText(input.invocationId, 'input.invocationId');
  requireStorableJson(input.metadata, 'input.metadata', MAX_METADATA_BYTES);
  requireStorableJson(input.stateDelta, 'input.stateDelta', MAX_EVENT_BYTES);
  if (input.handDown.length > MAX_KEYS) throw badInput('input.handDown', `at most ${MAX_KEYS} keys can be handed down`);
  input.handDown.forEach((key, index) => { requireText(key, `input.handDown.${index}`); });
  if (input.handDown.length > 0 && input.workSessionId === null) throw badInput('input.handDown', 'state is handed down to a work session: give `workSessionId`');
  requireApart(input.workSessionId, input.sessionId);
  const { kind, taskId, workSessionId, timeoutSeconds } = input;
  if (kind === 'NOTIFICATION' && taskId !== null) throw badInput('input.taskId', 'a notification belongs to no task');
  if (taskId !== null && workSessionId !== null) throw badInput('input.workSessionId', 'the task has its work session already');
  if (timeoutSeconds === null) return;
  if (kind === 'NOTIFICATION' || taskId !== null) throw badInput('input.timeoutSeconds', 'only a request that makes a task has a time limit');
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
    throw badInput('input.timeoutSeconds', `timeoutSeconds is a whole number from 1 to ${MAX_TIMEOUT_SECONDS}`);
  }
}

/** @throws GatewayError BAD_USER_INPUT naming the field below `input` */
export function requireUpdate({ state, reason, messageId, parts, metadata, stateDelta }: A2ATaskUpdate): void {
  if (state === 'SUBMITTED') throw badInput('input.state', 'a task is SUBMITTED by its request only');
  requireReason(reason, 'input.reason');
  if (messageId !== null) requireText(messageId, 'input.messageId');
  requireStorableJson(metadata, 'input.metadata', MAX_METADATA_BYTES);
  requireStorableJson(stateDelta, 'input.stateDelta', MAX_EVENT_BYTES);
  if (parts.length > 0) requireParts(parts);
  else if (stateDelta !== null || messageId !== null) throw badInput('input.parts', 'a message has at least one part');
}

/** @throws GatewayError BAD_USER_INPUT */
export function requireReason(reason: string | null, field: string): void {
  if (reason !== null) requireText(reason, field, MAX_REASON);
}

/** @throws GatewayError BAD_USER_INPUT */
export function requireApart(workSessionId: string | null, sessionId: string): void {
  if (workSessionId !== null && workSessionId.toLowerCase() === sessionId.toLowerCase()) {
    throw badInput('input.workSessionId', 'the work session is another one than the session of the request');
  }
}

/** @throws GatewayError CONFLICT (TASK_ENDED) */
export function requireOpen({ id, state }: A2ATask): void {
  if (isFinal(state)) throw conflict(`task ${id} has ended: it is ${state}`, 'TASK_ENDED');
}

function requireParts(parts: readonly A2APart[]): void {
  if (parts.length === 0 || parts.length > MAX_PARTS) throw badInput('input.parts', `a message has 1 to ${MAX_PARTS} parts`);
  requireStorableJson(parts, 'input.parts', MAX_EVENT_BYTES);
  parts.forEach((part, index) => { requirePart(part, `input.parts.${index}`); });
}

function requirePart({ text, data, url, filename, mediaType }: A2APart, field: string): void {
  if ([text, data, url].filter((content) => content !== undefined).length !== 1) throw badInput(field, 'a part has exactly one of text, data and url');
  if (filename !== undefined && url === undefined) throw badInput(`${field}.filename`, 'only a file has a filename');
  if (filename !== undefined) requireText(filename, `${field}.filename`);
  if (mediaType !== undefined) requireText(mediaType, `${field}.mediaType`);
  if (url === undefined) return;
  requireText(url, `${field}.url`, MAX_URL);
  if (!URL.canParse(url)) throw badInput(`${field}.url`, 'an absolute address is expected');
}
