import { Duplex } from 'node:stream';
import { splitFrames } from './frames';

export interface SocketOwner {
  /** Resolves when the engine takes messages. */
  ready(): Promise<void>;
  send(socket: EngineSocket, messages: Uint8Array<ArrayBuffer>): void;
  closed(socket: EngineSocket): void;
}

/** What the `pg` driver takes for a TCP socket: a client's end of the line to the engine's thread. */
export class EngineSocket extends Duplex {
  private rest: Buffer = Buffer.alloc(0);
  private started = false;

  constructor(
    readonly number: number,
    private readonly owner: SocketOwner,
  ) {
    super({ allowHalfOpen: false });
  }

  /** Called by the driver in place of `net.Socket.connect`; emits `connect`, or `error` when the engine does not start. */
  connect(): this {
    this.owner.ready().then(
      () => this.emit('connect'),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return this;
  }

  /** Bytes from the server. */
  receive(bytes: Uint8Array): void {
    if (!this.destroyed) this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.forward(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.forward(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _read(): void {
    // Replies are pushed as they come; their size is bounded by what the statements ask for.
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.owner.closed(this);
    done(error);
  }

  // The rest of what the driver calls on a socket; there is no network below this one.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  private forward(bytes: Buffer): void {
    const { complete, rest, ended } = splitFrames(this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]), !this.started);
    this.rest = ended ? Buffer.alloc(0) : rest;
    if (complete.length === 0) return;
    this.started = true;
    this.owner.send(this, complete);
  }
}
