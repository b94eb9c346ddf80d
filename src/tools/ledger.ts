import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openLedger } from '../compose/for-tools';
import { loadConfig } from '../config/load';
import { ConfigError } from '../config/schema';
import { DEFAULT_TENANT, localActor } from '../domain/access/access.service';
import { fromLine, toLine } from '../domain/ledger/exported';
import { createVerifier } from '../domain/ledger/verify';
import { GatewayError } from '../kernel/errors';
import { createLogger } from '../platform/telemetry/logger';

const USAGE = `npm run ledger -- export FILE [TENANT]    every entry of the decision ledger as JSON lines, into a new file
npm run ledger -- verify FILE [TENANT]    recomputes the chain of an export, without a database

With the embedded database the gateway must not be running while it exports: it holds the data directory.
`;

/** The decision ledger from the command line: exported, and an export checked anywhere. */
async function ledger([command, file, tenant = DEFAULT_TENANT, ...more]: readonly string[]): Promise<void> {
  if (file === undefined || more.length > 0) throw new GatewayError('BAD_USER_INPUT', USAGE);
  if (command === 'export') return exportTo(file, tenant);
  if (command === 'verify') return verify(file, tenant);
  throw new GatewayError('BAD_USER_INPUT', USAGE);
}

async function exportTo(file: string, tenant: string): Promise<void> {
  const config = loadConfig({ CONTEXTIQ_LOG_LEVEL: 'error' });
  const { ledger: service, close } = await openLedger(config, createLogger(config.logLevel, process.stderr));
  try {
    const target = await open(file, 'wx');
    let entries = 0;
    try {
      for await (const entry of service.entries(localActor(tenant))) {
        await target.write(`${toLine(entry)}\n`);
        entries += 1;
      }
      await target.sync();
    } finally {
      await target.close();
    }
    process.stdout.write(`${entries} entries of ${tenant} in ${file}\n`);
  } finally {
    await close();
  }
}

async function verify(file: string, tenant: string): Promise<void> {
  const verifier = createVerifier(tenant, null);
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const broken = verifier.check(fromLine(line));
    if (broken !== null) throw new GatewayError('CONFLICT', `entry ${broken.seq} is broken: ${broken.fault}`);
  }
  const { last, erased } = verifier;
  process.stdout.write(last === null ? 'an empty ledger\n' : `${last.seq} entries are right, ${erased} of them erased; the last is ${last.cid}\n`);
}

ledger(process.argv.slice(2)).catch((error: unknown) => {
  const foreseen = error instanceof GatewayError || error instanceof ConfigError || (error instanceof Error && 'code' in error);
  process.stderr.write(`${error instanceof Error ? (foreseen ? error.message : (error.stack ?? error.message)) : String(error)}\n`);
  process.exitCode = 1;
});
