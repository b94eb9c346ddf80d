import type { Config } from '../config/schema';
import { createAccessService, type AccessService } from '../domain/access/access.service';
import { systemClock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import { createApiKeyStore } from '../storage/api-key.store';
import { openDatabase } from '../storage/database';

export interface OpenAccess {
  readonly access: AccessService;
  close(): Promise<void>;
}

/** The keys alone, for a tool beside the gateway: it opens no other capability and runs no maintenance. */
export async function openAccess(config: Config, logger: Logger): Promise<OpenAccess> {
  const database = await openDatabase({ ...config.database, ...(config.database.kind === 'postgres' ? { poolSize: 1 } : {}), logger });
  return {
    access: createAccessService({ keys: createApiKeyStore(database), clock: systemClock }),
    close: () => database.close(),
  };
}
