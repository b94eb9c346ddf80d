import { appends } from './appends';
import { caches } from './caches';
import { context } from './context';
import { fanout } from './fanout';
import { memories } from './memories';
import { pipeline } from './pipeline';
import { reads } from './reads';
import { search } from './search';
import { startup } from './startup';
import { ownGateways, sharedGateway } from './support/gateways';
import { createBench, type Bench } from './support/report';

const SUBJECTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = { startup, reads, appends, memories, search, context, caches, pipeline, fanout };
const USAGE = `npm run bench [-- SUBJECT…] [-- --quick] [-- --profile=DIR]

  SUBJECT   ${Object.keys(SUBJECTS).join(', ')}; all of them unless some are named
  --quick   seconds instead of minutes: shows that everything works, its figures mean nothing
  --profile=DIR   each gateway writes a CPU profile there when it stops

Figures go to stdout as JSON lines, progress to stderr. CONTEXTIQ_DATABASE_URL and CONTEXTIQ_REDIS_URL, when set, are used
in place of the embedded database and the process: name an empty database.
`;

const PROFILE = '--profile=';

async function main(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick');
  const profileDir = args.find((arg) => arg.startsWith(PROFILE))?.slice(PROFILE.length) ?? null;
  const wanted = args.filter((arg) => arg !== '--quick' && !arg.startsWith(PROFILE));
  const unknown = wanted.filter((name) => !Object.hasOwn(SUBJECTS, name));
  if (unknown.length > 0) throw new Error(`no such subject: ${unknown.join(', ')}\n${USAGE}`);
  const gateways = isQuick ? sharedGateway([{ userId: 'pool50', size: 50 }]) : ownGateways(profileDir);
  try {
    for (const [name, run] of Object.entries(SUBJECTS)) {
      if (wanted.length === 0 || wanted.includes(name)) await run(createBench(name, isQuick, gateways));
    }
  } finally {
    await gateways.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
