import type { JsonObject } from '../../kernel/json';

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
  /** It counts as online for so long after it was last heard of. */
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
  /** Address of an A2A endpoint elsewhere. */
  readonly url?: string;
}

export interface AgentFilter {
  /** Id or tag of a skill. */
  readonly skill?: string;
  readonly online?: boolean;
}

/** The A2A 1.0 agent card. It names no interface: the agent is reached through its inbox here. */
export const cardOf = ({ name, description, version, skills, inputModes, outputModes }: Agent): JsonObject => ({
  name,
  description,
  version,
  supportedInterfaces: [],
  capabilities: { streaming: false, pushNotifications: false },
  defaultInputModes: inputModes,
  defaultOutputModes: outputModes,
  skills: skills.map((skill) => ({ ...skill })),
});
