import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { JOB_STATES, type Job, type JobFailure, type JobState, type Priority, type QueueDepth } from '../../src/domain/job/job';
import type { JsonObject } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { PriorityEnum } from '../generation/generation.types';
import { GraphQLJSONObject } from '../scalars';

export const JobStateEnum = enumOf(JOB_STATES);
registerEnumType(JobStateEnum, {
  name: 'JobState', description: 'Where a job of the queue stands; one that is done is gone.',
  valuesConfig: {
    WAITING: { description: 'Due: the next free worker takes it.' }, DELAYED: { description: 'Comes again at `runAt`.' },
    RUNNING: { description: 'A worker has it.' }, DEAD: { description: 'Given up: retry or discard it.' },
  },
});

@ObjectType('JobFailure', { description: 'One failed attempt of a job.' })
class JobFailureType implements JobFailure {
  @Field(() => Date, { description: 'When.' })
  readonly at: Date;
  @Field(() => Int, { description: 'Which attempt.' })
  readonly attempt: number;
  @Field(() => String, { description: 'Why, without internals.' })
  readonly message: string;
}

@ObjectType('Job', { description: 'A job of the queue.' })
export class JobType implements Job {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => String, { description: 'What kind of job: `memory.generation` and so on.' })
  readonly name: string;
  @Field(() => JobStateEnum, { description: 'Where it stands.' })
  readonly state: JobState;
  @Field(() => PriorityEnum, { description: 'What is worked on first.' })
  readonly priority: Priority;
  @Field(() => Int, { description: 'Attempts so far, the running one included.' })
  readonly attempts: number;
  @Field(() => String, { nullable: true, description: 'Why it last failed.' })
  readonly lastError: string | null;
  @Field(() => [JobFailureType], { description: 'Its failed attempts, oldest first: at most 10, the newest.' })
  readonly failures: readonly JobFailure[];
  @Field(() => GraphQLJSONObject, { description: 'The ids it is about.' })
  readonly payload: JsonObject;
  @Field(() => ID, { nullable: true, description: 'The generation it works for.' })
  readonly generationId: string | null;
  @Field(() => Date, { description: 'When it is due; while it runs, when its lease ends unless renewed.' })
  readonly runAt: Date;
  @Field(() => Date, { description: 'When it was accepted.' })
  readonly createdAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it was given up.' })
  readonly deadAt: Date | null;
}

@ObjectType('QueueDepth', { description: 'How full a queue is.' })
export class QueueDepthType implements QueueDepth {
  @Field(() => String, { description: 'The kind of job.' })
  readonly name: string;
  @Field(() => Int, { description: 'Due now.' })
  readonly waiting: number;
  @Field(() => Int, { description: 'Due later.' })
  readonly delayed: number;
  @Field(() => Int, { description: 'With a worker.' })
  readonly running: number;
  @Field(() => Int, { description: 'Given up.' })
  readonly dead: number;
  @Field(() => Date, { nullable: true, description: 'Since when the oldest of those that wait is due.' })
  readonly oldestDueAt: Date | null;
}

export const JobConnectionType = connectionOf('Job', () => JobType);
