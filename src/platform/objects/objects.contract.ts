import { randomBytes, randomUUID } from 'node:crypto';
import type { ObjectStore } from './objects.port';

export interface OpenObjects {
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

export async function* pieces(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

export async function whole(body: AsyncIterable<Uint8Array> | null): Promise<Buffer | null> {
  if (body === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const MANY = 1024 * 1024;

/** What every object store promises; each adapter's test runs it. */
export function objectsContract(open: () => Promise<OpenObjects>): void {
  describe('as every object store', () => {
    let opened: OpenObjects;
    const folder = (): string => `t/${randomUUID()}`;
    beforeAll(async () => { opened = await open(); });
    afterAll(() => opened.close());

    test('what was put comes back byte for byte, also nothing at all', async () => {
      const { objects } = opened;
      const key = `${folder()}/a.bin`;
      const bytes = randomBytes(70_000);
      const stored = await objects.put(key, pieces(bytes.subarray(0, 1), bytes.subarray(1, 65_537), new Uint8Array(0), bytes.subarray(65_537)), MANY);
      expect(stored).toMatchObject({ bytes: 70_000 });
      expect((await whole(await objects.get(key, stored)))?.equals(bytes)).toBe(true);
      const none = await objects.put(`${key}.none`, pieces(), MANY);
      expect([none.bytes, (await whole(await objects.get(`${key}.none`, none)))?.length]).toEqual([0, 0]);
    });

    test('a body of many parts comes back byte for byte', async () => {
      const { objects } = opened;
      const key = `${folder()}/large`;
      const part = randomBytes(3 * MANY + 7);
      const stored = await objects.put(key, pieces(part, part, part, part, part, part), 20 * MANY);
      expect((await whole(await objects.get(key, stored)))?.equals(Buffer.concat([part, part, part, part, part, part]))).toBe(true);
    });

    test('an object is replaced as a whole, and other bytes than the expected ones are refused at the end', async () => {
      const { objects } = opened;
      const key = `${folder()}/a`;
      const first = await objects.put(key, pieces('first'), MANY);
      const second = await objects.put(key, pieces('second, longer'), MANY);
      expect(String(await whole(await objects.get(key, second)))).toBe('second, longer');
      await expect(objects.get(key, first).then(whole)).rejects.toMatchObject({ details: { reason: 'OBJECT_DAMAGED' } });
    });

    test.each([['small', 1], ['of many parts', 3 * MANY]])('what fails halfway or is too large leaves what was there: a body %s', async (_, size) => {
      const { objects } = opened;
      const key = `${folder()}/a`;
      const old = await objects.put(key, pieces('old'), MANY);
      async function* broken(): AsyncGenerator<Uint8Array, void> {
        for (let part = 0; part < 4; part += 1) yield Buffer.alloc(size);
        throw new Error('the source broke');
      }
      await expect(objects.put(key, broken(), 100 * MANY)).rejects.toThrow('the source broke');
      await expect(objects.put(key, broken(), 4 * size - 1)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
      await expect(objects.put(`${key}2`, broken(), 100 * MANY)).rejects.toThrow();
      expect(String(await whole(await objects.get(key, old)))).toBe('old');
      expect(await objects.list(key, { after: null, limit: 10 })).toEqual([{ key, bytes: 3 }]);
    });

    test('keys are listed by prefix in their order, page by page', async () => {
      const { objects } = opened;
      const root = folder();
      const keys = ['a', 'b/1', 'b/2/3', 'b/30', 'b0', 'b0x', 'c'].map((name) => `${root}/${name}`);
      for (const key of [...keys].reverse()) await objects.put(key, pieces(key), MANY);
      const listed = async (prefix: string, after: string | null = null, limit = 100) => (await objects.list(prefix, { after, limit })).map(({ key }) => key);
      expect(await listed(`${root}/`)).toEqual(keys);
      expect(await listed(`${root}/b`)).toEqual(keys.slice(1, 6));
      expect(await listed(`${root}/b/`)).toEqual(keys.slice(1, 4));
      expect([await listed(`${root}/`, null, 3), await listed(`${root}/`, keys[2], 3), await listed(`${root}/`, keys[6])]).toEqual([keys.slice(0, 3), keys.slice(3, 6), []]);
    });

    test('what is deleted is gone, and deleting nothing is no error', async () => {
      const { objects } = opened;
      const key = `${folder()}/a`;
      await objects.put(key, pieces('x'), MANY);
      await objects.delete(key);
      await objects.delete(key);
      expect(await objects.get(key)).toBeNull();
      expect(await objects.list(key, { after: null, limit: 10 })).toEqual([]);
    });

    test('a key that is too long is none', async () => {
      for (const key of ['x'.repeat(121), `${'a/'.repeat(250)}a`]) await expect(opened.objects.put(key, pieces('x'), MANY)).rejects.toMatchObject({ details: { reason: 'OBJECT_KEY' } });
    });

    test.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', '.hidden', 'a/.x', 'A', 'a b', 'a\\b', 'a\u0000', 'ä'])('%j is no key, for nobody', async (key) => {
      const { objects } = opened;
      const refusal = { code: 'BAD_USER_INPUT', details: { field: 'key', reason: 'OBJECT_KEY' } };
      await expect(objects.put(key, pieces('x'), MANY)).rejects.toMatchObject(refusal);
      await expect(objects.get(key)).rejects.toMatchObject(refusal);
      await expect(objects.delete(key)).rejects.toMatchObject(refusal);
    });
  });
}
