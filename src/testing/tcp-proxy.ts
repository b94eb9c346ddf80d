import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  /** The target's address, by way of the proxy. */
  readonly url: string;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Breaks every connection without a word. New ones are let through. */
  cut(): void;
  /** Lets nothing more through on the connections there are, which stay open. */
  freeze(): void;
  close(): Promise<void>;
}

/** A network in front of a server on this machine, which tests can break. */
export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(targetUrl);
  const open = new Set<Socket>();
  let accepted = 0;
  const server = createServer((near) => {
    accepted += 1;
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      open.add(socket);
      // A broken connection is what this is for.
      socket.on('error', () => undefined).on('close', () => { open.delete(socket); other.destroy(); }).pipe(other);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = (): void => { for (const socket of open) socket.destroy(); };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get accepted() { return accepted; },
    cut,
    freeze() { for (const socket of open) socket.unpipe().pause(); },
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
