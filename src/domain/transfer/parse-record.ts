import type { z } from 'zod';
import { badInput } from '../../kernel/errors';
import { isJsonObject } from '../../kernel/json';
import { isRecordKind, RECORD_KINDS, RECORDS, type TransferRecord } from './records';

/** A record as a line of ContextIQ's own format has it. @throws GatewayError BAD_USER_INPUT naming the field at fault */
export function parseRecord(line: unknown): TransferRecord {
  if (!isJsonObject(line)) throw badInput('', 'a record is an object', 'NOT_A_RECORD');
  const { record: kind, ...fields } = line;
  if (!isRecordKind(kind)) throw badInput('record', `there are records of ${RECORD_KINDS.join(', ')}`, 'UNKNOWN_RECORD');
  const parsed = RECORDS[kind].safeParse(fields);
  if (parsed.success) return { kind, value: parsed.data } as TransferRecord; // a seam: the schema is that of the kind
  const [issue] = parsed.error.issues;
  throw badInput(issue?.path.join('.') ?? '', wordsOf(issue), 'INVALID_VALUE');
}

/** A key that is too much may be as long as the line, or hold anything: only a plain name is said back. */
function wordsOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== 'unrecognized_keys') return issue?.message ?? 'this is no such record';
  const [key = ''] = issue.keys;
  return /^\w{1,64}$/.test(key) ? `there is no field ${key}` : 'there is a field that is not known';
}

/** The same record as a line, for whoever reads it again. */
export const toLine = (kind: TransferRecord['kind'], fields: object): string => JSON.stringify({ record: kind, ...fields });
