import { openAccess } from '../compose/for-tools';
import { loadConfig } from '../config/load';
import { ConfigError } from '../config/schema';
import { DEFAULT_TENANT, localActor } from '../domain/access/access.service';
import { GatewayError } from '../kernel/errors';
import { createLogger } from '../platform/telemetry/logger';

const USAGE = `npm run keys -- create NAME [--role reader|writer|admin] [--tenant ID] [--scope '{"user_id":"u1"}'] [--days N]
npm run keys -- list [--tenant ID]
npm run keys -- revoke KEY_ID [--tenant ID]

With the embedded database the gateway must not be running: it holds the data directory. With PostgreSQL it may.
`;

/** API keys from the command line: made, listed, revoked, on the gateway's own database. */
async function keys(args: readonly string[]): Promise<void> {
  const { words, options } = parse(args);
  const [command, subject] = words;
  const config = loadConfig({ CONTEXTIQ_LOG_LEVEL: 'error' });
  const actor = localActor(options.get('--tenant')?.[0] ?? DEFAULT_TENANT);
  const say = (line: string): void => { process.stdout.write(`${line}\n`); };
  if (!['create', 'list', 'revoke'].includes(command ?? '') || (command !== 'list' && subject === undefined)) throw new GatewayError('BAD_USER_INPUT', USAGE);
  const { access, close } = await openAccess(config, createLogger(config.logLevel, process.stderr));
  try {
    if (command === 'create') {
      const days = options.get('--days')?.[0];
      const { text, key } = await access.createKey(actor, {
        name: subject ?? '', roles: options.get('--role') ?? ['writer'],
        scopeLimits: (options.get('--scope') ?? []).map(parseJson), ttlDays: days === undefined ? null : Number(days),
      });
      say(text);
      process.stderr.write(`This is the only time the key is shown. Tenant ${key.tenantId}, roles ${key.roles.join(', ')}, id ${key.id}.\n`);
    } else if (command === 'list') {
      for (const key of await access.listKeys(actor)) {
        const state = key.revokedAt !== null ? 'revoked' : key.expiresAt !== null && key.expiresAt <= new Date() ? 'expired' : 'valid';
        say([key.id, `…${key.last4}`, state, key.roles.join('+'), key.name, `last used ${key.lastUsedAt?.toISOString() ?? 'never'}`].join('\t'));
      }
    } else {
      await access.revokeKey(actor, subject ?? '');
      say(`revoked ${subject}`);
    }
  } finally {
    await close();
  }
}

function parse(args: readonly string[]): { words: string[]; options: Map<string, string[]> } {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('--')) { words.push(arg); continue; }
    const value = args[index + 1];
    if (!['--role', '--tenant', '--scope', '--days'].includes(arg) || value === undefined) throw new GatewayError('BAD_USER_INPUT', USAGE);
    options.set(arg, [...(options.get(arg) ?? []), value]);
    index += 1;
  }
  return { words, options };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GatewayError('BAD_USER_INPUT', `--scope takes JSON, for example {"user_id":"u1"}, not ${text}`, {}, { cause: error });
  }
}

keys(process.argv.slice(2)).catch((error: unknown) => {
  const foreseen = error instanceof GatewayError || error instanceof ConfigError;
  process.stderr.write(`${error instanceof Error ? (foreseen ? error.message : (error.stack ?? error.message)) : String(error)}\n`);
  process.exitCode = 1;
});
