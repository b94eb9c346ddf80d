import { z } from 'zod';
import { GatewayError, unavailable } from '../../kernel/errors';
import { createPolicy, type Failure, type Policy } from '../resilience/policy';
import { AddressRefused, createLookup, refusalOf, type AllowedHosts } from './allowed-hosts';
import { AnswerTooLarge, exchange, type Answer, type Call } from './exchange';
import type { RemoteAgents, RemoteCaller, RemoteInterface } from './remote-agents.port';
import { parseCard, parseReply, parseTask, Rpc, sendRequest } from './wire';

export interface RemoteAgentsOptions extends AllowedHosts {
  readonly timeoutMs: number;
  /** `Authorization` by origin, tenant and agent id: a token goes to no other origin than its own. */
  readonly authorizations: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
}

const MAX_BYTES = 1024 * 1024;
const CARD_PATH = '.well-known/agent-card.json';
/** Of JSON-RPC, and of HTTP+JSON by status. */
const TASK_NOT_FOUND = -32_001;
const TASK_NOT_CANCELABLE = -32_002;
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

const given = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined => (record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined);
const final = (reason: string, message: string): GatewayError => new GatewayError('INTERNAL_SERVER_ERROR', message, { reason });

export function createRemoteAgents(options: RemoteAgentsOptions): RemoteAgents {
  const lookup = createLookup(options);
  /** One for each origin on the list. */
  const policies = new Map<string, Policy>();
  const policyOf = (origin: string): Policy => {
    const made = policies.get(origin) ?? createPolicy({
      name: `the agents at ${origin}`, timeoutMs: options.timeoutMs, attempts: 1, judge: (error) => failureOf(origin, error),
      timedOut: () => passing(`${origin} did not answer within ${options.timeoutMs} ms`, 'REMOTE_TIMEOUT'),
    });
    policies.set(origin, made);
    return made;
  };

  const refusal: RemoteAgents['refusal'] = (text) => refusalOf(options.origins, text);
  const allowed = (text: string): URL => {
    const why = refusal(text);
    if (why !== null) throw final('REMOTE_NOT_ALLOWED', why);
    return new URL(text);
  };

  const authorizationOf = ({ tenantId, agentId }: RemoteCaller, { origin }: URL): string | undefined => given(given(given(options.authorizations, origin), tenantId), agentId);
  const ask = (caller: RemoteCaller, { url, headers, ...call }: Call, signal: AbortSignal): Promise<Answer> => {
    const authorization = authorizationOf(caller, url);
    const all = { 'a2a-version': '1.0', accept: 'application/json, application/a2a+json', ...headers, ...(authorization === undefined ? {} : { authorization }) };
    return policyOf(url.origin).run(async (limited) => {
      const answer = await exchange({ ...call, url, headers: all }, lookup, MAX_BYTES, limited);
      if (PASSING.has(answer.status)) throw new PassingStatus(answer.status);
      return answer;
    }, signal);
  };
  /** The JSON of an answer that is a success. */
  const read = <T>(answer: Answer, parse: (value: unknown) => T): T => {
    if (answer.status < 200 || answer.status > 299) {
      const isMissing = answer.status === 404 && answer.body.includes('TASK_NOT_FOUND');
      throw isMissing ? final('REMOTE_TASK_NOT_FOUND', 'the agent does not know the task any more') : final('REMOTE_REFUSED', `the agent answered with HTTP status ${answer.status}`);
    }
    return understood(() => parse(JSON.parse(answer.body)));
  };

  const post = (url: URL, mediaType: string, body: object): Call => {
    const text = JSON.stringify(body);
    return { method: 'POST', url, body: text, headers: { 'content-type': mediaType, 'content-length': String(Buffer.byteLength(text)) } };
  };
  const rpc = async <T>(caller: RemoteCaller, at: RemoteInterface, method: string, params: object, parse: (value: unknown) => T, signal: AbortSignal): Promise<T> => {
    const body = { jsonrpc: '2.0', id: 1, method, params: at.tenant === null ? params : { tenant: at.tenant, ...params } };
    const url = allowed(at.url);
    const { result, error } = read(await ask(caller, post(url, 'application/json', body), signal), (value) => Rpc.parse(value));
    if (error === null || error === undefined) return understood(() => parse(result));
    if (error.code === TASK_NOT_FOUND) throw final('REMOTE_TASK_NOT_FOUND', 'the agent does not know the task any more');
    if (error.code === TASK_NOT_CANCELABLE) throw final('REMOTE_NOT_CANCELABLE', 'the agent says that the task has ended');
    throw final('REMOTE_REFUSED', `the agent refused with error ${error.code}: ${inWords(error.message, authorizationOf(caller, url))}`);
  };
  const rest = (at: RemoteInterface, path: string): URL => {
    const base = allowed(at.url);
    base.pathname = `${base.pathname.replace(/\/$/, '')}${at.tenant === null ? '' : `/${encodeURIComponent(at.tenant)}`}${path}`;
    return base;
  };

  return {
    refusal,

    async interfaceOf(caller, text, signal) {
      const base = allowed(text);
      const url = base.pathname.endsWith('.json') ? base : new URL(CARD_PATH, text.endsWith('/') ? text : `${text}/`);
      const found = read(await ask(caller, { method: 'GET', url, headers: {} }, signal), parseCard);
      if (found === null) throw final('REMOTE_PROTOCOL_ERROR', 'the agent’s card names no interface of A2A 1.0 by JSONRPC or HTTP+JSON');
      allowed(found.url);
      return found;
    },

    async send(caller, at, message, signal) {
      const request = sendRequest(message);
      if (at.binding === 'JSONRPC') return rpc(caller, at, 'SendMessage', request, parseReply, signal);
      return read(await ask(caller, post(rest(at, '/message:send'), 'application/a2a+json', request), signal), parseReply);
    },

    async getTask(caller, at, id, signal) {
      if (at.binding === 'JSONRPC') return rpc(caller, at, 'GetTask', { id, historyLength: 0 }, parseTask, signal);
      const url = rest(at, `/tasks/${encodeURIComponent(id)}`);
      url.search = '?historyLength=0';
      return read(await ask(caller, { method: 'GET', url, headers: {} }, signal), parseTask);
    },

    async cancelTask(caller, at, id, signal) {
      if (at.binding === 'JSONRPC') await rpc(caller, at, 'CancelTask', { id }, parseTask, signal);
      else read(await ask(caller, post(rest(at, `/tasks/${encodeURIComponent(id)}:cancel`), 'application/a2a+json', {}), signal), parseTask);
    },
  };
}

function understood<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw final('REMOTE_PROTOCOL_ERROR', 'the agent did not answer as A2A 1.0 has it');
    throw error;
  }
}

/** What an agent says, for callers to read and the database to keep; one that says back what it was shown would tell it to all of them. */
function inWords(said: string, authorization: string | undefined): string {
  const secrets = authorization === undefined ? [] : [authorization, authorization.replace(/^\S+\s+/, '')];
  return secrets.reduce((words, secret) => words.replaceAll(secret, '…'), said).replaceAll('\u0000', '').slice(0, 200).toWellFormed();
}

class PassingStatus extends Error {
  constructor(readonly status: number) {
    super(`HTTP status ${status}`);
  }
}

const passing = (message: string, reason: string): Failure => ({ error: unavailable(message, reason), retryable: true, ill: true, retryAfterMs: null });
const forGood = (reason: string, message: string): Failure => ({ error: final(reason, message), retryable: false, ill: false, retryAfterMs: null });

/** What is no answer at all: Node's words name the host, nothing of the request. */
function failureOf(origin: string, error: unknown): Failure | null {
  if (error instanceof PassingStatus) return { ...passing(`${origin} answered with ${error.message}`, 'REMOTE_UNREACHABLE'), ill: error.status !== 429 };
  if (error instanceof AddressRefused) return forGood('REMOTE_NOT_ALLOWED', `${error.message}: its network is not in CONTEXTIQ_A2A_REMOTE_HOSTS`);
  if (error instanceof AnswerTooLarge) return forGood('REMOTE_PROTOCOL_ERROR', error.message);
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return passing(`${origin} cannot be reached (${String(error.code)})`, 'REMOTE_UNREACHABLE');
}
