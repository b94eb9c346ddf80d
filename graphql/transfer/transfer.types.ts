import { Field, ID, InputType, Int, Float, ObjectType, registerEnumType } from 'type-graphql';
import { RECORD_KINDS } from '../../src/domain/transfer/records';
import { FORMATS, IMPORT_STATUSES, type Format, type Import, type ImportStatus, type Problem, type RecordCount } from '../../src/domain/transfer/transfer';
import type { JsonObject } from '../../src/kernel/json';
import type { Scope } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

export const KINDS = RECORD_KINDS.join(', ');

const FormatEnum = enumOf(FORMATS);
registerEnumType(FormatEnum, {
  name: 'ImportFormat',
  description: 'What the data looks like; docs/moving.md tells which shapes each format takes.',
  valuesConfig: {
    CONTEXTIQ: { description: 'What `exportTenant` gives.' },
    MEM0: { description: 'Memories as mem0’s API lists them.' },
    CONVERSATIONS: { description: 'OpenAI-style messages, or ChatGPT’s `conversations.json`.' },
    ZEP: { description: 'Threads or sessions with messages, and facts or edges, as Zep’s API gives them.' },
    LETTA: { description: 'An agent file (.af).' },
    LANGGRAPH: { description: 'Items of a LangGraph store.' },
    ROWS: { description: 'Objects of any shape, such as rows of a query, with a `mapping`.' },
  },
});
const StatusEnum = enumOf(IMPORT_STATUSES);
registerEnumType(StatusEnum, {
  name: 'ImportStatus',
  description: 'How far an import is.',
  valuesConfig: {
    UPLOADING: { description: 'More parts are to come; without one for a day it is dropped.' },
    PENDING: { description: 'All data is there, and its job waits.' },
    PROCESSING: { description: 'Under way.' },
    COMPLETED: { description: 'Done; the uploaded data is gone.' },
    FAILED: { description: 'Given up with an error; what was written by then stays. A retry of its job within a day goes on.' },
    CANCELED: { description: 'Ended by request; what was written by then stays.' },
  },
});

@ObjectType('ImportCount', { description: 'What became of the records of one kind.' })
class ImportCountType implements RecordCount {
  @Field(() => String, { description: `One of ${KINDS}; \`line\` for what could not be read as any.` })
  readonly kind: RecordCount['kind'];
  @Field(() => Int, { description: 'Written; in a dry run what would be.' })
  readonly created: number;
  @Field(() => Int, { description: 'There already, and left as it is.' })
  readonly existing: number;
  @Field(() => Int, { description: 'Not taken: see `problems`.' })
  readonly refused: number;
}

@ObjectType('ImportProblem', { description: 'Why something was refused, and where it stands. It quotes none of the data.' })
class ImportProblemType implements Problem {
  @Field(() => Int, { description: 'Line of the data, from 1.' })
  readonly line: number;
  @Field(() => String, { description: 'Kind of record, or `line`.' })
  readonly kind: Problem['kind'];
  @Field(() => String, { nullable: true, description: 'The field at fault.' })
  readonly field: string | null;
  @Field(() => String, { description: 'A stable name of the reason, such as NOT_JSON, PARENT_MISSING or SEQ_GAP.' })
  readonly code: string;
  @Field(() => String, { description: 'The same in words.' })
  readonly message: string;
}

@ObjectType('DataImport', { description: 'Data that is brought in by a job.' })
export class DataImportType implements Omit<Import, 'partsRead'> {
  @Field(() => ID, { description: 'Its id.' })
  readonly id: string;
  @Field(() => FormatEnum, { description: 'What the data looks like.' })
  readonly format: Format;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The pool of what names none.' })
  readonly scope: Scope | null;
  @Field(() => String, { description: 'The bank of what names none.' })
  readonly bankId: string;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Of ROWS: which columns are what.' })
  readonly mapping: JsonObject | null;
  @Field(() => Boolean, { description: 'True: it only tells what it would do.' })
  readonly dryRun: boolean;
  @Field(() => StatusEnum, { description: 'How far it is.' })
  readonly status: ImportStatus;
  @Field(() => Int, { description: 'Parts that were uploaded.' })
  readonly parts: number;
  @Field(() => Float, { description: 'Bytes that were uploaded.' })
  readonly bytes: number;
  @Field(() => Int, { description: 'Records and bad lines that are done.' })
  readonly done: number;
  @Field(() => [ImportCountType], { description: 'What became of them, at most one entry for each kind (at most 15).' })
  readonly counts: readonly RecordCount[];
  @Field(() => [ImportProblemType], { description: 'The first at most 100 that were refused.' })
  readonly problems: readonly Problem[];
  @Field(() => String, { nullable: true, description: 'Why it was given up.' })
  readonly error: string | null;
  @Field(() => Date, { description: 'When it was opened.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last moved.' })
  readonly updatedAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it was done or canceled.' })
  readonly finishedAt: Date | null;
}

export const DataImportConnectionType = connectionOf('DataImport', () => DataImportType);

@InputType('ImportDataInput', { description: 'Data to be brought in.' })
export class ImportDataInput {
  @Field(() => FormatEnum, { description: 'What it looks like.' })
  format: Format;
  @Field(() => String, { description: 'JSON lines, one JSON document of at most 8,388,608 characters, or a list; all of it or the first part, at most 1,048,576 bytes.' })
  data: string;
  @Field(() => Boolean, { defaultValue: true, description: 'False: more parts follow by `addImportPart`.' })
  isComplete: boolean;
  @Field(() => Boolean, { defaultValue: false, description: 'True only tells what would happen, and writes nothing.' })
  dryRun: boolean;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The pool of what names none; its `user_id` is the user of sessions without one.' })
  scope?: unknown;
  @Field(() => String, { nullable: true, description: 'The bank of what names none; `default` unless given.' })
  bankId?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'For ROWS only: which columns are what, see docs/moving.md.' })
  mapping?: JsonObject | null;
}

@ObjectType('ExportCount', { description: 'How many records of a kind a page holds.' })
class ExportCountType {
  @Field(() => String, { description: `One of ${KINDS}.` })
  readonly kind: string;
  @Field(() => Int, { description: 'How many.' })
  readonly count: number;
}

@ObjectType('ExportPage', { description: 'A piece of a tenant’s data.' })
export class ExportPageType {
  @Field(() => String, { description: 'JSON lines, each a record and ended by a line feed; about a megabyte, empty when there is nothing more.' })
  readonly text: string;
  @Field(() => [ExportCountType], { description: 'What it holds, at most one entry for each kind (at most 14).' })
  readonly counts: readonly ExportCountType[];
  @Field(() => String, { nullable: true, description: 'Pass it as `after` for the next page; null for the last one.' })
  readonly next: string | null;
}
