import { z, type ZodType } from 'zod';
import { body } from './load';
import type { Server } from './server';

const Answer = z.object({ data: z.unknown(), errors: z.undefined().optional() });

/** One operation that must succeed, outside of what is measured. */
export async function ask<T>({ url }: Server, schema: ZodType<T>, query: string, variables: object = {}): Promise<T> {
  const text = await answerTo(url, body(query, variables));
  const answer = Answer.safeParse(JSON.parse(text));
  if (!answer.success) throw new Error(`${query.slice(0, 80)}: ${text.slice(0, 300)}`);
  return schema.parse(answer.data.data);
}

/** The very text of an answer. */
export async function answerTo(url: string, text: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text, signal: AbortSignal.timeout(60_000) });
  return response.text();
}

export async function newSession(gateway: Server, userId: string): Promise<string> {
  const { createSession } = await ask(gateway, z.object({ createSession: z.object({ id: z.string() }) }),
    'mutation($input: CreateSessionInput!) { createSession(input: $input) { id } }', { input: { userId } });
  return createSession.id;
}
