import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { until } from './e2e/until';
import { freePort } from './free-port';

const BIN = '/usr/lib/rabbitmq/bin';
const START_MS = 60_000;
const run = promisify(execFile);

/** A broker of the test's own, to be killed: Debian's rabbitmq-server on free ports, its data in a directory that goes with it. */
export interface RabbitNode {
  readonly url: string;
  /** `rabbitmqctl` on this node. */
  control(...args: readonly string[]): Promise<string>;
  kill(): Promise<void>;
  /** Stops in its tracks: connections stay open, nothing is answered until it wakes. */
  hang(): void;
  wake(): void;
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startRabbitNode(): Promise<RabbitNode> {
  const home = await mkdtemp(join(tmpdir(), 'contextiq-rabbitmq-'));
  const [port, distribution] = [await freePort(), await freePort()];
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const variables = [
    `HOME=${home}`, `RABBITMQ_NODENAME=contextiq-${randomBytes(4).toString('hex')}@localhost`, `RABBITMQ_NODE_IP_ADDRESS=127.0.0.1`, `RABBITMQ_NODE_PORT=${port}`,
    `RABBITMQ_DIST_PORT=${distribution}`, `RABBITMQ_MNESIA_BASE=${home}`, `RABBITMQ_LOG_BASE=${home}`, `RABBITMQ_ENABLED_PLUGINS_FILE=${home}/plugins`,
    `RABBITMQ_CONFIG_FILE=${home}/none`, 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 1:1',
  ];
  let server: ChildProcess | null = null;

  const launch = (): ChildProcess => {
    // A group of its own: the script starts the virtual machine as a child.
    const child = spawn('/usr/bin/env', [...variables, `${BIN}/rabbitmq-server`], { stdio: 'ignore', detached: true });
    child.once('exit', () => { if (server === child) server = null; });
    return child;
  };
  const signal = (name: NodeJS.Signals): void => { if (server?.pid !== undefined) process.kill(-server.pid, name); };
  const node: RabbitNode = {
    url,
    control: async (...args) => (await run('/usr/bin/env', [...variables, `${BIN}/rabbitmqctl`, ...args], { timeout: START_MS })).stdout,
    async start() {
      await until('the broker answers', () => {
        // Right after a kill its name or its ports may still be taken: it then gives up, and starts when they are free.
        server ??= launch();
        return connect(url, { timeout: 2000 }).then((connection) => connection.close().then(() => true), () => false);
      }, START_MS);
    },
    async kill() {
      const killed = server;
      if (killed?.pid === undefined) return;
      server = null;
      const gone = once(killed, 'exit');
      process.kill(-killed.pid, 'SIGKILL');
      await gone;
    },
    hang: () => signal('SIGSTOP'),
    wake: () => signal('SIGCONT'),
    async remove() {
      await node.kill();
      await rm(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  await node.start();
  return node;
}
