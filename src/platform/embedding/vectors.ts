import { z } from 'zod';
import { unavailable } from '../../kernel/errors';

const Reply = z.object({
  data: z.array(z.object({ index: z.number().int().optional(), embedding: z.union([z.array(z.number()), z.base64()]) })),
});

const Usage = z.object({ usage: z.object({ prompt_tokens: z.number().int().nonnegative() }) });

/** Zero where the provider does not count. */
export const readEmbeddingTokens = (body: unknown): number => Usage.safeParse(body).data?.usage.prompt_tokens ?? 0;

const invalid = (problem: string): Error => unavailable(`the embedding provider's answer cannot be used: ${problem}`, 'EMBEDDING_ANSWER_INVALID', 5000);

/**
 * The vectors of an embeddings reply in the order of their `index` (of the list, where a server gives none).
 * @throws GatewayError UNAVAILABLE unless there is exactly one finite, non-zero vector per text
 */
export function readVectors(body: unknown, expected: number): number[][] {
  const parsed = Reply.safeParse(body);
  if (!parsed.success) throw invalid('it is no list of embeddings');
  const { data } = parsed.data;
  if (data.length !== expected) throw invalid(`${data.length} vectors for ${expected} texts`);
  const ordered = new Map(data.map(({ index, embedding }, position) => [index ?? position, embedding]));
  return Array.from({ length: expected }, (_, index) => {
    const found = ordered.get(index);
    if (found === undefined) throw invalid(`no vector for text ${index}`);
    const vector = typeof found === 'string' ? fromBase64(found) : found;
    // The cosine of a zero vector is no number, and one such row poisons every ranking it takes part in.
    if (!vector.every(Number.isFinite) || vector.every((value) => value === 0)) throw invalid(`the vector of text ${index} is zero or not finite`);
    return vector;
  });
}

/** Little-endian 32-bit floats: some servers send them even where plain numbers were asked for. */
function fromBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) throw invalid('a base64 vector of odd length');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
