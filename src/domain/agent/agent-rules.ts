import type { Actor } from '../../kernel/actor';
import { badInput, GatewayError } from '../../kernel/errors';
import { isStorableText } from '../../kernel/scope';
import type { RemoteAgents } from '../../platform/a2a/remote-agents.port';
import { requireStorableJson } from '../session/state';
import type { Agent, AgentSkill, NewAgent } from './agent';
import type { AgentDraft } from './agent.store';

const MAX_SKILLS = 50;
const MAX_TAGS = 20;
const MAX_MODES = 20;
const MAX_NAME = 256;
const MAX_DESCRIPTION = 4000;
const MAX_URL = 2000;
const MAX_METADATA_BYTES = 16 * 1024;
const DEFAULT_HEARTBEAT_SECONDS = 60;
const MAX_HEARTBEAT_SECONDS = 3600;
const DEFAULT_MODES = ['text/plain', 'application/json'];

/**
 * Checks what is registered and resolves its defaults; `refusal` tells why agents may not be called at an address.
 * @throws GatewayError BAD_USER_INPUT naming the field below `input`
 */
export function draftAgent(input: NewAgent, refusal: RemoteAgents['refusal']): AgentDraft {
  const url = input.url === undefined ? null : requireAddress(input.url, refusal);
  const { skills = [], inputModes = DEFAULT_MODES, outputModes = DEFAULT_MODES, metadata = {}, heartbeatSeconds = DEFAULT_HEARTBEAT_SECONDS } = input;
  requireText(input.id, 'input.id');
  requireText(input.name, 'input.name');
  requireText(input.description, 'input.description', MAX_DESCRIPTION);
  requireText(input.version ?? '1', 'input.version');
  if (skills.length > MAX_SKILLS) throw badInput('input.skills', `an agent has at most ${MAX_SKILLS} skills`);
  skills.forEach((skill, index) => { requireSkill(skill, `input.skills.${index}`); });
  if (new Set(skills.map(({ id }) => id)).size < skills.length) throw badInput('input.skills', 'each skill has an id of its own');
  requireModes(inputModes, 'input.inputModes');
  requireModes(outputModes, 'input.outputModes');
  requireStorableJson(metadata, 'input.metadata', MAX_METADATA_BYTES);
  if (!Number.isInteger(heartbeatSeconds) || heartbeatSeconds < 1 || heartbeatSeconds > MAX_HEARTBEAT_SECONDS) {
    throw badInput('input.heartbeatSeconds', `heartbeatSeconds is a whole number from 1 to ${MAX_HEARTBEAT_SECONDS}`);
  }
  return { id: input.id, name: input.name, description: input.description, version: input.version ?? '1', skills, inputModes, outputModes, metadata, heartbeatSeconds, url };
}

function requireAddress(url: string, refusal: RemoteAgents['refusal']): string {
  requireText(url, 'input.url', MAX_URL);
  const why = refusal(url);
  if (why !== null) throw badInput('input.url', why, 'REMOTE_AGENT');
  return url;
}

function requireSkill({ id, name, description, tags }: AgentSkill, field: string): void {
  requireText(id, `${field}.id`);
  requireText(name, `${field}.name`);
  requireText(description, `${field}.description`, MAX_DESCRIPTION);
  if (tags.length > MAX_TAGS) throw badInput(`${field}.tags`, `a skill has at most ${MAX_TAGS} tags`);
  tags.forEach((tag, index) => { requireText(tag, `${field}.tags.${index}`); });
}

function requireModes(modes: readonly string[], field: string): void {
  if (modes.length === 0 || modes.length > MAX_MODES) throw badInput(field, `1 to ${MAX_MODES} media types are expected`);
  modes.forEach((mode, index) => { requireText(mode, `${field}.${index}`); });
}

/** @throws GatewayError BAD_USER_INPUT unless 1 to `max` characters that PostgreSQL stores */
export function requireText(value: string, field: string, max = MAX_NAME): void {
  if (value === '' || value.length > max || !isStorableText(value)) {
    throw badInput(field, `${field} has 1 to ${max} characters, without NUL or lone surrogates`);
  }
}

export const speaksFor = (actor: Actor, { principalId }: Pick<Agent, 'principalId'>): boolean =>
  actor.principalId === principalId || actor.roles.includes('admin');

/** Only who registered an agent, or an administrator, reads its inbox and speaks in its name. @throws GatewayError FORBIDDEN */
export function requireSpeaker(actor: Actor, agent: Pick<Agent, 'id' | 'principalId'>, field?: string): void {
  if (speaksFor(actor, agent)) return;
  throw new GatewayError('FORBIDDEN', `agent ${agent.id} was registered by another key`, { reason: 'NOT_YOUR_AGENT', ...(field === undefined ? {} : { field }) });
}
