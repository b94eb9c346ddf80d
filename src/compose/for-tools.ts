import type { Config } from '../config/schema';
import { createAccessService, type AccessService } from '../domain/access/access.service';
import { createLedgerService, type LedgerService } from '../domain/ledger/ledger.service';
import { systemClock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createApiKeyStore } from '../storage/api-key.store';
import { openDatabase, type Database } from '../storage/database';
import { createStores, createTransact } from '../storage/stores';

export interface OpenAccess {
  readonly access: AccessService;
  close(): Promise<void>;
}

export interface OpenLedger {
  readonly ledger: LedgerService;
  close(): Promise<void>;
}

/** The keys alone, for a tool beside the gateway: it opens no other capability and runs no maintenance. */
export async function openAccess(config: Config, logger: Logger): Promise<OpenAccess> {
  const database = await open(config, logger);
  return {
    access: createAccessService({ keys: createApiKeyStore(database), clock: systemClock }),
    close: () => database.close(),
  };
}

/** The ledger alone. */
export async function openLedger(config: Config, logger: Logger): Promise<OpenLedger> {
  const database = await open(config, logger);
  const bus = createInProcessBus();
  return {
    ledger: createLedgerService({ ledger: createStores(database, bus).ledger, transact: createTransact(database, bus), clock: systemClock }),
    close: () => database.close(),
  };
}

const open = ({ database }: Config, logger: Logger): Promise<Database> =>
  openDatabase({ ...database, ...(database.kind === 'postgres' ? { poolSize: 1 } : {}), logger });
