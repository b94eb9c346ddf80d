import type { ExtractionTopic, FewShotExample } from '../extraction/extractor';

export const DEFAULT_BANK = 'default';

/** Topics that every bank knows; a bank enables all of them unless it names some. */
export const MANAGED_TOPICS: readonly ExtractionTopic[] = [
  { name: 'preferences', description: 'Likes, dislikes, tastes, habits and favourite things of a person' },
  { name: 'personal_facts', description: 'Who a person is: name, age, home, work, studies, health, possessions, past events of their life' },
  { name: 'relationships', description: 'Family, partners, friends, colleagues, pets, and how people relate to each other' },
  { name: 'plans_and_events', description: 'What happened, will happen or is intended, with its date' },
  { name: 'key_decisions', description: 'Decisions taken and the reasons given for them' },
  { name: 'instructions', description: 'What a person explicitly asks the agent to remember, always do or never do' },
];

/** A custom topic: its own description and, for models, its own extraction prompt. */
export type CustomTopic = ExtractionTopic;

/** Seconds until a memory made by that operation expires; null keeps it. */
export interface BankTtls {
  readonly created: number | null;
  readonly generatedCreated: number | null;
  readonly generatedUpdated: number | null;
  readonly revision: number | null;
}

export interface Bank {
  readonly id: string;
  readonly managedTopics: readonly string[];
  readonly customTopics: readonly CustomTopic[];
  readonly examples: readonly FewShotExample[];
  readonly instructions: string;
  /** Off: every candidate becomes a memory of its own, except the very same words. */
  readonly consolidation: boolean;
  readonly revisions: boolean;
  readonly ttls: BankTtls;
  /** Keys a scope may use in this bank; empty allows all. */
  readonly allowedScopeKeys: readonly string[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type BankConfig = Omit<Bank, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

export const DEFAULT_BANK_CONFIG: BankConfig = {
  managedTopics: MANAGED_TOPICS.map((topic) => topic.name),
  customTopics: [],
  examples: [],
  instructions: '',
  consolidation: true,
  revisions: true,
  ttls: { created: null, generatedCreated: null, generatedUpdated: null, revision: null },
  allowedScopeKeys: [],
};

/** The topics an extractor looks for, managed ones first. */
export const enabledTopics = (bank: Pick<Bank, 'managedTopics' | 'customTopics'>): ExtractionTopic[] => [
  ...MANAGED_TOPICS.filter((topic) => bank.managedTopics.includes(topic.name)),
  ...bank.customTopics,
];
