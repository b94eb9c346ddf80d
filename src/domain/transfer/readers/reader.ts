import type { TransferRecord } from '../records';

export interface Reader {
  /** Names under which a document wraps a list of what is read. */
  readonly wrappers: readonly string[];
  /**
   * Makes records of one item of the data. Items come in their order, each once. The same items with the same options give the same records,
   * ids included, whenever they are read. What is wrong with an item is told before its first record. @throws GatewayError BAD_USER_INPUT naming the field at fault
   */
  read(item: unknown): Iterable<TransferRecord>;
}
