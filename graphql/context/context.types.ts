import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { CONTEXT_LAYERS, type ContextBlock, type ContextItem, type ContextLayer, type ContextLeftOut, type ContextMessage, type LayerBudget, type LeftOutItem } from '../../src/domain/context/context';
import { PROCEDURE_KINDS } from '../../src/domain/procedural/procedure';
import { CONTEXT_FORMATS } from '../../src/domain/context/rendered';
import type { Degradation } from '../../src/domain/search/recall';
import { enumOf } from '../enum';
import { AsOfInputType } from '../search/as-of.types';
import { DegradationEnum, RecallScopeInput } from '../search/recall.types';

const ContextLayerEnum = enumOf(CONTEXT_LAYERS);
registerEnumType(ContextLayerEnum, {
  name: 'ContextLayer', description: 'A layer of the context block.',
  valuesConfig: {
    SENSORY: { description: 'The last turns of the session.' }, WORKING: { description: 'The session’s state, the user’s preferences and the running summary.' },
    EPISODIC: { description: 'Past turns that answer the query.' }, SEMANTIC: { description: 'Memories.' },
    KNOWLEDGE: { description: 'Passages of documents that answer the query.' },
    PROCEDURAL: { description: 'Workflows, skills and trajectories that answer the query.' },
  },
});
const KINDS = ['STATE', 'SUMMARY', 'MEMORY', 'EVENT', 'PASSAGE', ...PROCEDURE_KINDS] as const;
const ContextItemKindEnum = enumOf(KINDS);
registerEnumType(ContextItemKindEnum, {
  name: 'ContextItemKind', description: 'What an item is.',
  valuesConfig: {
    STATE: { description: 'A key of the state.' }, SUMMARY: { description: 'A point of the running summary.' }, MEMORY: { description: 'A memory.' }, EVENT: { description: 'A turn.' }, PASSAGE: { description: 'A passage of a document.' },
    WORKFLOW: { description: 'A workflow: its steps, what was learnt and what to beware of.' }, SKILL: { description: 'A skill: its code or prompt.' }, TRAJECTORY: { description: 'A trajectory: what it taught, or else its steps.' },
  },
});
const REASONS = ['BUDGET', 'NO_TEXT', 'DUPLICATE'] as const;
const LeftOutReasonEnum = enumOf(REASONS);
registerEnumType(LeftOutReasonEnum, {
  name: 'ContextLeftOutReason', description: 'Why something is not in the block.',
  valuesConfig: { BUDGET: { description: 'It did not fit.' }, NO_TEXT: { description: 'It has no text.' }, DUPLICATE: { description: 'Something that is shown says it already, in whatever layer.' } },
});
export const ContextFormatEnum = enumOf(CONTEXT_FORMATS);
registerEnumType(ContextFormatEnum, {
  name: 'ContextFormat', description: 'For whom a block is written.',
  valuesConfig: {
    OPENAI: { description: 'The list `messages` of OpenAI’s chat completions and what speaks like them.' },
    ANTHROPIC: { description: '`{system, messages}` of Anthropic’s messages, the stable part marked for the prompt cache; user and assistant take turns.' },
    MARKDOWN: { description: 'One text.' },
  },
});
const ROLES = ['system', 'user', 'assistant'] as const;
const ChatRoleEnum = enumOf(ROLES);
registerEnumType(ChatRoleEnum, {
  name: 'ChatRole', description: 'Role of a chat message, in the providers’ own spelling.',
  valuesConfig: { system: { description: 'Instructions and reference.' }, user: { description: 'A person.' }, assistant: { description: 'The agent.' } },
});

@ObjectType('ContextItem', { description: 'One line of a context block with where it comes from.' })
class ContextItemType implements ContextItem {
  @Field(() => ContextLayerEnum, { description: 'Its layer.' })
  readonly layer: ContextLayer;
  @Field(() => ContextItemKindEnum, { description: 'What it is.' })
  readonly kind: ContextItem['kind'];
  @Field(() => ID, { description: 'The memory’s, event’s, passage’s or procedure’s id, the key of the state, or revision and number of the summary’s point.' })
  readonly id: string;
  @Field(() => String, { description: 'The mark before it in the text, `[m1]`.' })
  readonly citation: string;
  @Field(() => ID, { nullable: true, description: 'The memory.' })
  readonly memoryId: string | null;
  @Field(() => ID, { nullable: true, description: 'The event.' })
  readonly eventId: string | null;
  @Field(() => ID, { nullable: true, description: 'The document of the passage.' })
  readonly documentId: string | null;
  @Field(() => ID, { nullable: true, description: 'The workflow, skill or trajectory.' })
  readonly procedureId: string | null;
  @Field(() => ID, { nullable: true, description: 'The session of the event.' })
  readonly sessionId: string | null;
  @Field(() => Int, { nullable: true, description: 'Seq of the event; of the last one that a point of the summary is from.' })
  readonly seq: number | null;
  @Field(() => String, { description: 'As it stands in the block, without its mark.' })
  readonly text: string;
  @Field(() => Int, { description: 'Tokens of its line, mark and line’s end included.' })
  readonly tokens: number;
  @Field(() => Float, { nullable: true, description: 'Relevance weighed by recency and importance: 0 to 1, comparable within a layer.' })
  readonly score: number | null;
  @Field(() => Float, { nullable: true, description: 'How well it answers the query, 0 to 1.' })
  readonly relevance: number | null;
  @Field(() => Float, { nullable: true, description: '0 to 1, relative to the newest that was found.' })
  readonly recency: number | null;
  @Field(() => Float, { nullable: true, description: '0 to 1: how certain it is and how often it was stated; how often a procedure went well.' })
  readonly importance: number | null;
  @Field(() => String, { description: 'Why it was taken.' })
  readonly why: string;
}

@ObjectType('ContextLeftOutItem', { description: 'Something that is not in the block.' })
class LeftOutItemType implements LeftOutItem {
  @Field(() => ContextItemKindEnum, { description: 'What it is.' })
  readonly kind: ContextItem['kind'];
  @Field(() => ID, { description: 'Its id, as of an item.' })
  readonly id: string;
  @Field(() => String, { description: 'At most 200 characters of it.' })
  readonly text: string;
  @Field(() => Float, { nullable: true, description: 'As of an item.' })
  readonly score: number | null;
}

@ObjectType('ContextLeftOut', { description: 'What a layer would have had too.' })
class ContextLeftOutType implements ContextLeftOut {
  @Field(() => ContextLayerEnum, { description: 'The layer.' })
  readonly layer: ContextLayer;
  @Field(() => LeftOutReasonEnum, { description: 'Why.' })
  readonly reason: ContextLeftOut['reason'];
  @Field(() => Int, { description: 'How many.' })
  readonly count: number;
  @Field(() => [LeftOutItemType], { description: 'The first that would have come, at most three.' })
  readonly examples: readonly LeftOutItem[];
}

@ObjectType('ContextMessage', { description: 'A message for a chat model.' })
class ContextMessageType implements ContextMessage {
  @Field(() => ChatRoleEnum, { description: 'Who speaks.' })
  readonly role: ContextMessage['role'];
  @Field(() => String, { description: 'What is said.' })
  readonly content: string;
  @Field(() => Boolean, { description: 'Recalled: when you store it as an event, set `fromRecall` on its part.' })
  readonly fromRecall: boolean;
}

@ObjectType('ContextBlock', { description: 'What the model should see now, within a token budget.' })
export class ContextBlockType implements ContextBlock {
  @Field(() => String, { description: 'Ready for a prompt, at most `budgetTokens`; without the stable part when that is `unchanged`. The same inputs over the same data give the same bytes.' })
  readonly text: string;
  @Field(() => [ContextMessageType], { description: 'The same as chat messages, at most one for each layer and item.' })
  readonly messages: readonly ContextMessage[];
  @Field(() => Int, { description: 'Tokens of the whole block (o200k_base).' })
  readonly tokens: number;
  @Field(() => Int, { description: 'The budget.' })
  readonly budgetTokens: number;
  @Field(() => String, { description: 'SHA-256 of the part that only changes with state, running summary and memories: what a prompt cache can keep.' })
  readonly stablePrefixHash: string;
  @Field(() => Int, { description: 'Tokens of that part.' })
  readonly stablePrefixTokens: number;
  @Field(() => String, { nullable: true, description: 'That part; null when it is `unchanged`.' })
  readonly stablePrefix: string | null;
  @Field(() => Boolean, { description: 'You have the stable part (`knownPrefixHash`): it is in neither `text` nor `messages`.' })
  readonly unchanged: boolean;
  @Field(() => [ContextItemType], { description: 'In the order of the text; at most what the budget holds.' })
  readonly items: readonly ContextItem[];
  @Field(() => [ContextLeftOutType], { description: 'What is missing, and why: at most one entry for each layer and reason.' })
  readonly leftOut: readonly ContextLeftOut[];
  @Field(() => [DegradationEnum], { description: 'Why it may be less than it could be; empty when it is whole.' })
  readonly degraded: readonly Degradation[];
  @Field(() => Date, { description: 'Everything committed by then was found by its words.' })
  readonly indexedThrough: Date;
}

@InputType('ContextLayerBudgetInput', { description: 'What a layer may take of a block.' })
class LayerBudgetInput implements LayerBudget {
  @Field(() => ContextLayerEnum, { description: 'The layer.' })
  layer: ContextLayer;
  @Field(() => Int, { nullable: true, description: 'Tokens at most, 0 to the block’s budget.' })
  maxTokens?: number | null;
  @Field(() => Int, { nullable: true, description: '1 to 10; 5 unless given. Twice as high is twice the share, while layers want more than there is.' })
  priority?: number | null;
}

@InputType('ContextInput', { description: 'For whom and for what to build a context block.' })
export class ContextInputType {
  @Field(() => ID, { nullable: true, description: 'Whose state and last turns to show; needed unless scopes are given.' })
  sessionId?: string | null;
  @Field(() => [RecallScopeInput], { nullable: true, description: 'Where to look, at most 10 pools; the session’s own scope unless given.' })
  scopes?: RecallScopeInput[] | null;
  @Field(() => String, { nullable: true, description: 'The memory bank; `default` unless given.' })
  bankId?: string | null;
  @Field(() => String, { nullable: true, description: 'What to look for; what the user said last unless given.' })
  query?: string | null;
  @Field(() => Int, { nullable: true, description: '200 to 32,000; 2,000 unless given.' })
  budgetTokens?: number | null;
  @Field(() => [ContextLayerEnum], { nullable: true, description: 'All unless given.' })
  layers?: ContextLayer[] | null;
  @Field(() => Int, { nullable: true, description: 'How many of the last events to show at most, 0 to 50; unless given 10, or all since the running summary.' })
  sensoryTurns?: number | null;
  @Field(() => AsOfInputType, { nullable: true, description: 'As it was then; now unless given. The session shows its own state keys of then and the turns until then; no summary, passage or procedure.' })
  asOf?: AsOfInputType | null;
  @Field(() => [LayerBudgetInput], { nullable: true, description: 'Bounds and priorities of layers, at most one for each.' })
  layerBudgets?: LayerBudgetInput[] | null;
  @Field(() => String, { nullable: true, description: 'The `stablePrefixHash` of a block that you still have: a stable part that is the same is not sent again.' })
  knownPrefixHash?: string | null;
  @Field(() => String, { nullable: true, description: 'A consistency token of a mutation to wait for.' })
  waitFor?: string | null;
  @Field(() => Int, { nullable: true, description: 'How long to wait at most, in milliseconds, up to 30,000; 5,000 unless given.' })
  waitMs?: number | null;
}
