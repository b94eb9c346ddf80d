import { DataSource } from 'typeorm';
import type { Logger } from '../../kernel/logger-type';
import { SCHEMA } from '../data-source';
import { createEngine, type Engine } from './engine';
import { lockDirectory, type DirectoryLock } from './lock';

export interface PgliteDataSourceOptions {
  /** Where the database lives; `null` keeps it in memory. */
  readonly dataDir: string | null;
  /** A file that `image` gave, which a database in memory starts as a copy of. */
  readonly image?: string;
  /** How long a caller waits for the connection, in milliseconds. Default 15,000: longer than a statement should run. */
  readonly connectionTimeoutMs?: number;
  readonly logger: Logger;
}

/** The engine's page cache; its process is about 175 MiB larger than this. */
const SHARED_BUFFERS_MB = 32;

/**
 * TypeORM over the embedded engine. `initialize` locks the directory and starts the engine, `destroy` stops both, so
 * that TypeORM's own command line can use it too. One life: after `destroy` make a new one.
 */
export class PgliteDataSource extends DataSource {
  private readonly engine: Engine;
  private readonly dataDir: string | null;
  private lock: DirectoryLock | null = null;

  constructor({ dataDir, image, connectionTimeoutMs = 15_000, logger }: PgliteDataSourceOptions) {
    const engine = createEngine({ dataDir, image: image ?? null, sharedBuffersMb: SHARED_BUFFERS_MB, logger });
    super({
      ...SCHEMA,
      // The engine dies of any other name in the startup packet, and it has one backend.
      username: 'postgres',
      database: 'postgres',
      poolSize: 1,
      poolErrorHandler: (error: Error) => logger.warn({ err: error }, 'an idle database connection broke'),
      extra: { stream: engine.connect, connectionTimeoutMillis: connectionTimeoutMs, idleTimeoutMillis: 0 },
    });
    this.engine = engine;
    this.dataDir = dataDir;
  }

  /** @throws GatewayError UNAVAILABLE (DATA_DIRECTORY_IN_USE) when another process has the directory */
  override async initialize(): Promise<this> {
    if (this.dataDir !== null) this.lock ??= await lockDirectory(this.dataDir);
    try {
      await this.engine.ready();
      return await super.initialize();
    } catch (error) {
      await this.release();
      throw error;
    }
  }

  /** The whole database as a file's content. Nothing else may run meanwhile. */
  image(): Promise<Uint8Array> {
    return this.engine.image();
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.release();
  }

  private async release(): Promise<void> {
    await this.engine.close();
    await this.lock?.release();
  }
}
