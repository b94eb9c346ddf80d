import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z, type ZodType } from 'zod';

/** A process of its own that answers tasks: what it costs is not counted with what it measures. */
export interface Part {
  /** @throws Error with the part's message */
  ask<T>(schema: ZodType<T>, task: object): Promise<T>;
  stop(): Promise<void>;
}

const Task = z.object({ id: z.number(), task: z.unknown() });
const Reply = z.object({ id: z.number(), result: z.unknown(), error: z.string().nullable() });

/** Starts a built file of `bench/parts`. */
export function startPart(name: string, nodeOptions: readonly string[] = []): Part {
  const child = fork(join(__dirname, '..', 'parts', `${name}.js`), [], { env: {}, execArgv: ['--enable-source-maps', ...nodeOptions], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
  let tasks = 0;
  child.on('message', (message) => {
    const { id, result, error } = Reply.parse(message);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === null) asked?.resolve(result);
    else asked?.reject(new Error(`${name}: ${error}`));
  });
  child.once('exit', (code) => { for (const { reject } of waiting.values()) reject(new Error(`${name} ended with ${String(code)}`)); });
  return {
    async ask(schema, task) {
      const id = (tasks += 1);
      const answer = new Promise<unknown>((resolve, reject) => { waiting.set(id, { resolve, reject }); });
      child.send({ id, task });
      return schema.parse(await answer);
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The other side: answers tasks until the parent goes. */
export function servePart<T>(schema: ZodType<T>, answer: (task: T) => Promise<unknown>, close: () => Promise<void> = async () => undefined): void {
  const reply = (id: number, result: unknown, error: string | null): void => { process.send?.({ id, result: result ?? null, error }); };
  process.on('message', (message) => {
    const { id, task } = Task.parse(message);
    Promise.resolve().then(() => answer(schema.parse(task))).then(
      (result) => { reply(id, result, null); },
      (error: unknown) => { reply(id, null, error instanceof Error ? (error.stack ?? error.message) : String(error)); },
    );
  });
  process.once('disconnect', () => { void close().finally(() => process.exit()); });
}
