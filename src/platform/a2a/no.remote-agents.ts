import { GatewayError } from '../../kernel/errors';
import { refusalOf } from './allowed-hosts';
import type { RemoteAgents } from './remote-agents.port';

const refuse = (url: string): Promise<never> =>
  Promise.reject(new GatewayError('INTERNAL_SERVER_ERROR', refusalOf([], url) ?? 'no agent may be called', { reason: 'REMOTE_NOT_ALLOWED' }));

/** Where no host is listed: what is registered already is refused like what is new. */
export const noRemoteAgents: RemoteAgents = {
  refusal: (url) => refusalOf([], url),
  interfaceOf: (_, url) => refuse(url),
  send: (_, { url }) => refuse(url),
  getTask: (_, { url }) => refuse(url),
  cancelTask: (_, { url }) => refuse(url),
};
