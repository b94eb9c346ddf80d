import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Tap {
  /** The server's address, through the tap. */
  readonly url: string;
  /** Bytes stop in both directions and no connection notices: a network that was cut. */
  shut(): void;
  /** Every connection breaks and new ones are refused until `open`: a server that went down. */
  down(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** A line to a real server that a test can cut. */
export async function openTap(target: string): Promise<Tap> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isShut = false;
  const serve = (): Server => createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => { sockets.delete(from); to.destroy(); });
      from.on('data', (bytes) => { if (!isShut) to.write(bytes); });
    }
  });
  const listen = async (server: Server, at: number): Promise<number> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const breakAll = (): void => { for (const socket of sockets) socket.destroy(); };
  let server = serve();
  const own = await listen(server, 0);
  const url = new URL(target);
  url.host = `127.0.0.1:${own}`;
  const stop = async (): Promise<void> => {
    breakAll();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    url: url.href,
    shut: () => { isShut = true; },
    down: stop,
    async open() {
      if (isShut) breakAll();
      isShut = false;
      if (server.listening) return;
      server = serve();
      await listen(server, own);
    },
    close: stop,
  };
}
