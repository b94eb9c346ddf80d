// Holds many sockets, publishes one thing after the other, and says how long each took to reach all of them.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { FanoutTask } from '../support/fanout-task';
import { percentiles } from '../support/percentiles';
import { servePart } from '../support/part';

const ROUND_LIMIT_MS = 60_000;
const OPENING = 50;
const sockets: WebSocket[] = [];
let received = 0;
let messageBytes = 0;
let onReceived: () => void = () => undefined;

async function follow(url: string, hello: string | null, subscribe: string | null): Promise<void> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
  await once(socket, 'open');
  if (hello !== null) {
    socket.send(hello);
    await once(socket, 'message');
  }
  if (subscribe !== null) {
    socket.send(subscribe);
    const [first] = await once(socket, 'message') as [Buffer];
    if (!first.toString().includes('"type":"next"')) throw new Error(first.toString().slice(0, 300));
  }
  socket.on('message', (data: Buffer) => {
    received += 1;
    messageBytes = data.length;
    onReceived();
  });
  sockets.push(socket);
}

/** Resolves when each socket has had `times` messages since the count was set. */
const untilAll = (expected: number): Promise<void> => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`only ${received} of ${expected} messages came`)), ROUND_LIMIT_MS);
  onReceived = () => {
    if (received < expected) return;
    clearTimeout(timer);
    resolve();
  };
  onReceived();
});

async function publish(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(ROUND_LIMIT_MS) });
  const text = await response.text();
  if (!response.ok || text.startsWith('{"errors"')) throw new Error(text.slice(0, 300));
}

servePart(FanoutTask, async (task) => {
  if (task.kind === 'follow') {
    for (let from = 0; from < task.subscribers; from += OPENING) {
      await Promise.all(Array.from({ length: Math.min(OPENING, task.subscribers - from) }, () => follow(task.url, task.hello, task.subscribe)));
    }
    return null;
  }
  const took: number[] = [];
  const started = performance.now();
  for (let n = 0; n < task.times; n += 1) {
    received = 0;
    const sent = performance.now();
    const all = untilAll(sockets.length);
    await Promise.all([publish(task.url, task.body.replaceAll('{{n}}', String(n))), all]);
    took.push(performance.now() - sent);
  }
  return { seconds: (performance.now() - started) / 1000, ...percentiles(took), messageBytes };
}, async () => { for (const socket of sockets) socket.terminate(); });
