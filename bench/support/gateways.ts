import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startPart } from './part';
import { services, startGateway, withDirectory, type GatewayChild } from './server';

export interface Pool {
  readonly userId: string;
  readonly size: number;
}

/** Where subjects get their gateway from. */
export interface Gateways {
  /** A gateway on a database that holds these pools of memories already; one that all subjects share has no variables of its own. */
  use<T>(pools: readonly Pool[], work: (gateway: GatewayChild) => Promise<T>, variables?: Record<string, string>): Promise<T>;
  close(): Promise<void>;
}

/** One for each subject, on a directory of its own. */
export const ownGateways = (profileDir: string | null): Gateways => ({
  use: (pools, work, variables) => withDirectory(async (directory) => {
    await fill(directory, pools);
    const gateway = await startGateway(directory, profileDir, variables);
    try {
      return await work(gateway);
    } finally {
      await gateway.stop();
    }
  }),
  close: async () => undefined,
});

/** One for all subjects, made when the first asks, with what all of them need: starting is most of a quick run. */
export function sharedGateway(pools: readonly Pool[]): Gateways {
  let shared: Promise<{ readonly directory: string; readonly gateway: GatewayChild }> | null = null;
  const start = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'contextiq-bench-'));
    await fill(directory, pools);
    return { directory, gateway: await startGateway(directory) };
  };
  return {
    use: async (_pools, work) => work((await (shared ??= start())).gateway),
    async close() {
      const opened = await shared;
      await opened?.gateway.stop();
      if (opened !== null) await rm(opened.directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function fill(directory: string, pools: readonly Pool[]): Promise<void> {
  if (pools.length === 0) return;
  const part = startPart('fill');
  try {
    await part.ask(z.null(), { env: { ...services(), CONTEXTIQ_DATA_DIR: directory }, pools });
  } finally {
    await part.stop();
  }
}
