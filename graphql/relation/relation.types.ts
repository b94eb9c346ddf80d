import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { NODE_KINDS, RELATIONS, type Node, type NodeKind, type RelatedNode, type Relation, type RelationStep } from '../../src/domain/relation/relation';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';

export const RelatedKindEnum = enumOf(NODE_KINDS);
registerEnumType(RelatedKindEnum, {
  name: 'RelatedKind',
  description: 'What can have to do with something.',
  valuesConfig: {
    USER: { description: 'A person, as sessions and scopes (`user_id`) name it.' }, AGENT: { description: 'An agent.' }, SESSION: { description: 'A session.' },
    TASK: { description: 'An A2A task.' }, MEMORY: { description: 'A memory.' }, WORKFLOW: { description: 'A workflow.' },
  },
});
const RelationEnum = enumOf(RELATIONS);
registerEnumType(RelationEnum, {
  name: 'Relation',
  description: 'How two have to do with each other, as it follows from what happened.',
  valuesConfig: {
    HAD_SESSION: { description: 'The user had the session.' }, TOOK_PART: { description: 'The agent is the session’s, or spoke or was spoken to in it.' },
    PART_OF: { description: 'The session is part of the other one.' }, TASK_OF: { description: 'The task was given in the session.' },
    WORKED_IN: { description: 'The task was worked on in the session.' }, ASKED: { description: 'The agent gave the task.' }, WORKED_ON: { description: 'The agent was given the task.' },
    DERIVED_FROM: { description: 'The memory was made from the session.' }, SUPERSEDED_BY: { description: 'The memory was contradicted by the other one.' },
    ABOUT: { description: 'The memory is in a pool of the user.' }, USED: { description: 'The workflow was used in the session.' },
  },
});

@ObjectType('RelationStep', { description: 'One step of a way, with the node it leads to.' })
class RelationStepType implements RelationStep {
  @Field(() => RelationEnum, { description: 'How the two have to do with each other.' })
  readonly relation: Relation;
  @Field(() => Boolean, { description: 'Whether the step goes the way that the relation reads.' })
  readonly isForward: boolean;
  @Field(() => RelatedKindEnum, { description: 'What it leads to.' })
  readonly kind: NodeKind;
  @Field(() => ID, { description: 'Which one.' })
  readonly id: string;
}

@ObjectType('RelatedNode', { description: 'Somebody or something that has to do with what was asked for.' })
export class RelatedNodeType implements RelatedNode {
  @Field(() => RelatedKindEnum, { description: 'What it is.' })
  readonly kind: NodeKind;
  @Field(() => ID, { description: 'Which one: a UUID, or the name of a user or agent.' })
  readonly id: string;
  @Field(() => Int, { description: 'Steps of a shortest way to it.' })
  readonly depth: number;
  @Field(() => [RelationStepType], { description: 'Such a way, at most 4 steps; the last one leads to it.' })
  readonly path: readonly RelationStep[];
}

export const RelatedNodeConnectionType = connectionOf('RelatedNode', () => RelatedNodeType);

@InputType('RelatedNodeInput', { description: 'Whom or what to ask about.' })
export class RelatedNodeInput implements Node {
  @Field(() => RelatedKindEnum, { description: 'What it is.' })
  kind: NodeKind;
  @Field(() => ID, { description: 'Which one: a UUID, or the name of a user or agent.' })
  id: string;
}
