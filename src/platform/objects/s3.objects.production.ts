import { randomUUID } from 'node:crypto';
import { requireS3Url } from '../../testing/services';
import { objectsContract, pieces, whole } from './objects.contract';
import { openS3Objects, type S3Options } from './s3.objects';

/** `http://key:secret@host:port/bucket` of the tests' own server. */
function options(): S3Options {
  const { origin, pathname, username, password } = new URL(requireS3Url());
  return {
    bucket: pathname.slice(1), prefix: randomUUID(), endpoint: origin, region: 'us-east-1',
    credentials: { accessKeyId: username, secretAccessKey: password }, from: 'CONTEXTIQ_OBJECTS_URL',
  };
}

objectsContract(async () => {
  const objects = await openS3Objects(options());
  return { objects, close: async () => { objects.close(); } };
});

it('two prefixes of one bucket do not see each other', async () => {
  const [one, other] = [await openS3Objects(options()), await openS3Objects(options())];
  await one.put('key', pieces('x'), 10);
  expect([await whole(await other.get('key')), await other.list('', { after: null, limit: 10 }), (await one.list('', { after: null, limit: 10 })).length]).toEqual([null, [], 1]);
  for (const store of [one, other]) store.close();
});

it.each<[string, Partial<S3Options>]>([
  ['no such bucket', { bucket: 'there-is-none' }],
  ['nothing that answers', { endpoint: 'http://127.0.0.1:9' }],
  ['a wrong key', { credentials: { accessKeyId: 'nobody', secretAccessKey: 'wrong' } }],
])('%s is told at the start, with the name of the variable', async (_, wrong) => {
  await expect(openS3Objects({ ...options(), ...wrong })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('CONTEXTIQ_OBJECTS_URL: s3://'), details: { reason: 'OBJECTS_UNUSABLE' } });
});
