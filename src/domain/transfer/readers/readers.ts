import { badInput } from '../../../kernel/errors';
import { parseRecord } from '../parse-record';
import type { Format, ImportOptions } from '../transfer';
import { createConversationReader } from './conversations';
import { createLangGraphReader } from './langgraph';
import { createLettaReader } from './letta';
import { createMem0Reader } from './mem0';
import type { Reader } from './reader';
import { createRowsReader } from './rows';
import { createZepReader } from './zep';

const READERS: { readonly [Name in Format]: (options: ImportOptions) => Reader } = {
  CONTEXTIQ: () => ({ wrappers: [], read: (item) => [parseRecord(item)] }),
  MEM0: createMem0Reader,
  CONVERSATIONS: createConversationReader,
  ZEP: createZepReader,
  LETTA: createLettaReader,
  LANGGRAPH: createLangGraphReader,
  ROWS: createRowsReader,
};
const MAPPED: readonly Format[] = ['ROWS', 'LANGGRAPH'];

/** @throws GatewayError BAD_USER_INPUT for options that do not fit the format */
export function createReader(options: ImportOptions): Reader {
  if (options.mapping !== null && !MAPPED.includes(options.format)) throw badInput('input.mapping', `only ${MAPPED.join(' and ')} take a mapping`, 'MAPPING_NOT_TAKEN');
  return READERS[options.format](options);
}
