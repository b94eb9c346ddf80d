import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { unavailable } from '../../kernel/errors';

export interface DirectoryLock {
  /** Safe to call twice. */
  release(): Promise<void>;
}

interface Claim {
  readonly pid: number;
  /** A listening socket: in the directory (a bare name) or, where that is impossible, an absolute path. */
  readonly socket: string;
}

/** Linux takes 107 bytes, macOS 103. */
const MAX_SOCKET_PATH = 100;
const CLAIM = /^lock\.(\d+)$/;
const CLAIM_TEXT = /^(\d+) (.+)\n$/;

/**
 * Takes the directory for this process, because two engines on one directory silently lose rows.
 *
 * A claim is a file `lock.N` that names a listening socket; the highest N counts, and it holds while its socket answers.
 * The kernel closes sockets with their process, so a claim never outlives `kill -9`, whatever process takes the number.
 * A new claim is N+1, made by `link`, which one contender wins. The highest file is never removed, not even on release:
 * a slow contender that read an old N either finds N+1 taken or, looking again, a higher number, and steps back.
 *
 * @throws GatewayError UNAVAILABLE (DATA_DIRECTORY_IN_USE) naming the directory and the holder's process id
 */
export async function lockDirectory(path: string): Promise<DirectoryLock> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const dir = await realpath(path);
  const { server, socket } = await listen(dir);
  const draft = join(dir, `lock-${randomBytes(8).toString('hex')}.draft`);
  try {
    await writeFile(draft, `${process.pid} ${socket}\n`, { flag: 'wx', mode: 0o600 });
    for (;;) {
      const highest = Math.max(0, ...(await claims(dir)));
      if (highest > 0) await refuseIfHeld(dir, highest);
      const mine = highest + 1;
      if (!(await linked(draft, join(dir, `lock.${mine}`)))) continue;
      const all = await claims(dir);
      if (Math.max(...all) === mine) {
        await clean(dir, all.filter((number) => number < mine));
        break;
      }
      await rm(join(dir, `lock.${mine}`), { force: true });
    }
  } catch (error) {
    await closed(server);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  let release: Promise<void> | null = null;
  return { release: () => (release ??= closed(server)) };
}

async function refuseIfHeld(dir: string, number: number): Promise<void> {
  const claim = await readClaim(join(dir, `lock.${number}`));
  if (claim === null || !(await answers(socketPath(dir, claim)))) return;
  throw unavailable(
    `the data directory ${dir} is in use by process ${claim.pid}: stop it, or give this gateway a directory of its own`,
    'DATA_DIRECTORY_IN_USE',
  );
}

/** `null` when a later claim has replaced this one, or a power cut left it without its contents: its holder is gone either way. */
async function readClaim(file: string): Promise<Claim | null> {
  try {
    const [, pid, socket] = CLAIM_TEXT.exec(await readFile(file, 'utf8')) ?? [];
    return pid === undefined || socket === undefined ? null : { pid: Number(pid), socket };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A listener answers as long as its process lives, even a stopped or busy one: the kernel accepts for it. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    // Only these two say that nobody listens; any other failure (no permission, a full backlog) is taken for a holder.
    probe.once('error', (error) => resolve(!hasCode(error, 'ECONNREFUSED') && !hasCode(error, 'ENOENT')));
  });
}

async function listen(dir: string): Promise<{ server: Server; socket: string }> {
  const name = `lock-${process.pid}-${randomBytes(4).toString('hex')}.sock`;
  if (Buffer.byteLength(join(dir, name)) <= MAX_SOCKET_PATH) {
    try {
      return { server: await listenAt(join(dir, name)), socket: name };
    } catch (error) {
      // some shared and network file systems hold no sockets
      if (!['ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'EPERM', 'EACCES'].some((code) => hasCode(error, code))) throw error;
    }
  }
  const elsewhere = join(tmpdir(), `contextiq-${name}`);
  return { server: await listenAt(elsewhere), socket: elsewhere };
}

function listenAt(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((visitor) => visitor.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

async function claims(dir: string): Promise<number[]> {
  return (await readdir(dir)).flatMap((name) => {
    const number = CLAIM.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

async function linked(draft: string, claim: string): Promise<boolean> {
  try {
    await link(draft, claim);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes dead claims and the sockets that `kill -9` left behind. */
async function clean(dir: string, dead: readonly number[]): Promise<void> {
  for (const number of dead) {
    const file = join(dir, `lock.${number}`);
    const claim = await readClaim(file);
    if (claim !== null) await rm(socketPath(dir, claim), { force: true });
    await rm(file, { force: true });
  }
}

const socketPath = (dir: string, claim: Claim): string => (isAbsolute(claim.socket) ? claim.socket : join(dir, claim.socket));

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
