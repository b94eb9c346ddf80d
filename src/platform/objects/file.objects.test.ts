import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileObjects } from './file.objects';
import { objectsContract, pieces } from './objects.contract';

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'objects-'));

objectsContract(async () => {
  const folder = await newFolder();
  return { objects: await openFileObjects(folder), close: () => rm(folder, { recursive: true }) };
});

it('an object is an ordinary file below the folder, and what was interrupted long ago is removed', async () => {
  const folder = await newFolder();
  const objects = await openFileObjects(join(folder, 'new/place'));
  await objects.put('a/b.txt', pieces('text'), 10);
  expect(await readFile(join(folder, 'new/place/a/b.txt'), 'utf8')).toBe('text');
  const [old, young] = ['old', 'young'].map((name) => join(folder, 'new/place/.unfinished', name)) as [string, string];
  for (const path of [old, young]) await writeFile(path, 'half');
  await utimes(old, 0, 0);
  await openFileObjects(join(folder, 'new/place'));
  expect(await readdir(join(folder, 'new/place/.unfinished'))).toEqual(['young']);
  await rm(folder, { recursive: true });
});

it('keys are listed in the order of their bytes, folders or not', async () => {
  const folder = await newFolder();
  const objects = await openFileObjects(folder);
  const keys = ['a', 'b-1', 'b.x', 'b/1', 'b/2', 'b0'];
  for (const key of [...keys].reverse()) await objects.put(key, pieces('x'), 10);
  expect((await objects.list('', { after: null, limit: 10 })).map(({ key }) => key)).toEqual(keys);
  await rm(folder, { recursive: true });
});
