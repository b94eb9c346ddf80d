import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { until } from './e2e/until';
import { freePort } from './free-port';

/** A Redis of one's own, to be killed; it forgets everything then. */
export interface RedisNode {
  readonly url: string;
  kill(): Promise<void>;
  /** Stops in its tracks: connections stay open, nothing is answered until it wakes. */
  hang(): void;
  wake(): void;
  start(): Promise<void>;
}

export async function startRedisNode(): Promise<RedisNode> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | null = null;
  const node: RedisNode = {
    url,
    async start() {
      server = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', tmpdir()], { stdio: 'ignore' });
      await until('Redis answers', () => ping(url));
    },
    hang: () => { server?.kill('SIGSTOP'); },
    wake: () => { server?.kill('SIGCONT'); },
    async kill() {
      const killed = server;
      if (killed === null) return;
      server = null;
      const gone = once(killed, 'exit');
      killed.kill('SIGKILL');
      await gone;
    },
  };
  await node.start();
  return node;
}

async function ping(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
