import type { JsonObject } from '../../kernel/json';
import type { RemoteInterface } from '../../platform/a2a/remote-agents.port';

/** What an agent can do, as its A2A card says. */
export interface AgentSkill {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/** An agent of the tenant: its card, and who may speak for it. */
export interface Agent {
  /** Chosen by whoever registers it; sessions and events name it by the same. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly skills: readonly AgentSkill[];
  /** Media types that it takes and gives. */
  readonly inputModes: readonly string[];
  readonly outputModes: readonly string[];
  readonly metadata: JsonObject;
  /** The principal that registered it. */
  readonly principalId: string;
  /** Where an agent on another server is; null for one that reads its inbox here. */
  readonly url: string | null;
  /** How it is called there, by its card; null until that was read. */
  readonly remote: RemoteInterface | null;
  /** Why it could not be called the last time; null when it could. */
  readonly failure: string | null;
  /** It counts as online for so long after it was last heard of; one on another server is asked for its card twice as often. */
  readonly heartbeatSeconds: number;
  readonly lastSeenAt: Date | null;
  readonly online: boolean;
  /** Cursor of the last inbox message that it has acknowledged. */
  readonly acknowledged: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewAgent {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version?: string;
  readonly skills?: readonly AgentSkill[];
  readonly inputModes?: readonly string[];
  readonly outputModes?: readonly string[];
  readonly metadata?: JsonObject;
  readonly heartbeatSeconds?: number;
  /** Of an agent on another server: below it is its card. */
  readonly url?: string;
}

export interface AgentFilter {
  /** Id or tag of a skill. */
  readonly skill?: string;
  readonly online?: boolean;
}

/** The A2A 1.0 agent card. That of an agent which reads its inbox here names no interface. */
export const cardOf = ({ name, description, version, skills, inputModes, outputModes, remote }: Agent): JsonObject => ({
  name,
  description,
  version,
  supportedInterfaces: remote === null ? [] : [{ url: remote.url, protocolBinding: remote.binding, protocolVersion: '1.0', ...(remote.tenant === null ? {} : { tenant: remote.tenant }) }],
  capabilities: { streaming: false, pushNotifications: false },
  defaultInputModes: inputModes,
  defaultOutputModes: outputModes,
  skills: skills.map((skill) => ({ ...skill })),
});
