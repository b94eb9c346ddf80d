import { badInput } from '../../kernel/errors';
import { isStorableText } from '../../kernel/scope';
import { DEFAULT_BANK, MANAGED_TOPICS, type Bank, type BankConfig, type BankTtls } from './bank';

const BANK_ID = /^[a-z][a-z0-9_-]{0,63}$/;
const TOPIC_NAME = /^[a-z][a-z0-9_]{0,63}$/;
const MAX_CUSTOM_TOPICS = 20;
const MAX_EXAMPLES = 20;
const MAX_EXAMPLE_FACTS = 20;
const MAX_PROMPT = 4000;
const MAX_DESCRIPTION = 500;
const MAX_SCOPE_KEYS = 5;
/** Ten years: longer is never, which is null. */
export const MAX_TTL_SECONDS = 10 * 365 * 24 * 3600;
/** Namespaces of scope hashes that are no banks. */
const RESERVED = new Set(['events']);

/** @throws GatewayError BAD_USER_INPUT */
export function requireBankId(id: string, field = 'bankId'): string {
  if (!BANK_ID.test(id) || RESERVED.has(id)) throw badInput(field, `a bank id matches ${BANK_ID.source} and is not reserved`);
  return id;
}

/** @throws GatewayError BAD_USER_INPUT unless null or a whole number of seconds within ten years */
export function requireTtl(seconds: number | null, field: string): void {
  if (seconds === null) return;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_TTL_SECONDS) {
    throw badInput(field, `${field} is a whole number of seconds from 1 to ${MAX_TTL_SECONDS}, or null`);
  }
}

/** @throws GatewayError BAD_USER_INPUT naming the setting at fault */
export function requireBankConfig(config: BankConfig, field = 'input'): void {
  const known = MANAGED_TOPICS.map(({ name }) => name);
  const unknown = config.managedTopics.find((name) => !known.includes(name));
  if (unknown !== undefined) throw badInput(`${field}.managedTopics`, `there is no managed topic ${JSON.stringify(unknown.slice(0, 80))}; there are ${known.join(', ')}`);
  if (new Set(config.managedTopics).size < config.managedTopics.length) throw badInput(`${field}.managedTopics`, 'each managed topic is named once');
  requireCustomTopics(config, known, `${field}.customTopics`);
  requireExamples(config, `${field}.examples`);
  requireText(config.instructions, MAX_PROMPT, `${field}.instructions`);
  for (const operation of ['created', 'generatedCreated', 'generatedUpdated', 'revision'] satisfies (keyof BankTtls)[]) {
    requireTtl(config.ttls[operation], `${field}.ttls.${operation}`);
  }
  if (config.allowedScopeKeys.length > MAX_SCOPE_KEYS * 4) throw badInput(`${field}.allowedScopeKeys`, `a bank names at most ${MAX_SCOPE_KEYS * 4} scope keys`);
  for (const key of config.allowedScopeKeys) requireText(key, 64, `${field}.allowedScopeKeys`, 1);
}

function requireCustomTopics({ customTopics }: BankConfig, managed: readonly string[], field: string): void {
  if (customTopics.length > MAX_CUSTOM_TOPICS) throw badInput(field, `a bank has at most ${MAX_CUSTOM_TOPICS} topics of its own`);
  const taken = new Set(managed);
  customTopics.forEach(({ name, description, prompt }, index) => {
    if (!TOPIC_NAME.test(name)) throw badInput(`${field}.${index}.name`, `a topic name matches ${TOPIC_NAME.source}`);
    if (taken.has(name)) throw badInput(`${field}.${index}.name`, `the topic ${name} is named twice`);
    taken.add(name);
    requireText(description, MAX_DESCRIPTION, `${field}.${index}.description`, 1);
    if (prompt !== undefined) requireText(prompt, MAX_PROMPT, `${field}.${index}.prompt`);
  });
}

function requireExamples({ examples }: BankConfig, field: string): void {
  if (examples.length > MAX_EXAMPLES) throw badInput(field, `a bank has at most ${MAX_EXAMPLES} examples`);
  examples.forEach(({ conversation, facts }, index) => {
    requireText(conversation, MAX_PROMPT, `${field}.${index}.conversation`, 1);
    if (facts.length > MAX_EXAMPLE_FACTS) throw badInput(`${field}.${index}.facts`, `an example has at most ${MAX_EXAMPLE_FACTS} facts`);
    for (const fact of facts) requireText(fact, 2000, `${field}.${index}.facts`, 1);
  });
}

function requireText(text: string, max: number, field: string, min = 0): void {
  if (text.length < min || text.length > max) throw badInput(field, `${field} has ${min} to ${max} characters`);
  if (!isStorableText(text)) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
}

/** @throws GatewayError BAD_USER_INPUT when the bank does not allow one of the scope's keys */
export function requireAllowedKeys(bank: Pick<Bank, 'id' | 'allowedScopeKeys'>, scope: Readonly<Record<string, string>>, field = 'scope'): void {
  if (bank.allowedScopeKeys.length === 0) return;
  const stray = Object.keys(scope).find((key) => !bank.allowedScopeKeys.includes(key));
  if (stray !== undefined) {
    throw badInput(`${field}.${stray}`, `bank ${bank.id} allows only the scope keys ${bank.allowedScopeKeys.join(', ')}`, 'SCOPE_KEY_NOT_ALLOWED');
  }
}

export const isDefaultBank = (id: string): boolean => id === DEFAULT_BANK;
