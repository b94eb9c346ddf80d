import { GatewayError } from './errors';
import { scopeContains, type Scope } from './scope';

export const ROLES = ['reader', 'writer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks: first argument of every service and store call, so that nothing is read without a tenant. */
export interface Actor {
  readonly tenantId: string;
  /** An API key's id, or `local` for the keyless loopback gateway. */
  readonly principalId: string;
  readonly roles: readonly Role[];
  /** Pools the actor may touch: a scope is allowed when it has at least the pairs of one entry. Empty: no limit. */
  readonly scopeLimits: readonly Scope[];
}

export const mayTouch = (actor: Actor, scope: Scope): boolean =>
  actor.scopeLimits.length === 0 || actor.scopeLimits.some((limit) => scopeContains(scope, limit));

/** @throws GatewayError FORBIDDEN when the scope lies outside the actor's limits. */
export function requireScope(actor: Actor, scope: Scope, field = 'scope'): void {
  if (!mayTouch(actor, scope)) {
    throw new GatewayError('FORBIDDEN', 'this key may not use that scope', { field, reason: 'SCOPE_NOT_ALLOWED' });
  }
}

/** @throws GatewayError FORBIDDEN unless the actor holds the role (an admin holds every role, a writer reads). */
export function requireRole(actor: Actor, role: Role): void {
  const held = actor.roles.some((own) => ROLES.indexOf(own) >= ROLES.indexOf(role));
  if (!held) throw new GatewayError('FORBIDDEN', `this needs the role ${role}`, { reason: 'ROLE_REQUIRED' });
}

/** For what concerns the whole tenant. @throws GatewayError FORBIDDEN for an actor limited to scopes. */
export function requireUnlimited(actor: Actor): void {
  if (actor.scopeLimits.length > 0) {
    throw new GatewayError('FORBIDDEN', 'this concerns the whole tenant; a key limited to scopes may not do it', { reason: 'SCOPE_NOT_ALLOWED' });
  }
}
