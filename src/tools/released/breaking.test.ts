import { readFileSync } from 'node:fs';
import { compareWithReleased, releasedHeader } from './breaking';

const schema = readFileSync('graphql/schema.graphql', 'utf8');
const released = releasedHeader('0.1.0') + schema;

/** The schema with one place changed. @throws when there is no such place */
function changed(from: RegExp, to: string): string {
  const text = schema.replace(from, to);
  if (text === schema) throw new Error(`nothing in the schema matches ${from.source}`);
  return text;
}

const REMOVED = changed(/"""[^"]*"""\n {2}searchMemories\([^)]*\): \[Memory!\]!\n/, '');

test.each([
  ['a field that is gone', REMOVED, "Field 'searchMemories' was removed from object type 'Query'"],
  ['a field that may be null now', changed(/ {2}version: String!\n/, '  version: String\n'), "changed type from 'String!' to 'String'"],
  ['an argument that is demanded now', changed(/ {4}offset: Int\n/, '    offset: Int!\n'), "changed from 'Int' to 'Int!'"],
  ['an enum value that is gone', changed(/ {2}"""[^"]*"""\n {2}SUBSET\n/, ''), "Enum value 'SUBSET' was removed"],
])('%s breaks clients', async (_, current, message) => {
  const { breaking, allowed } = await compareWithReleased(released, current, '0.1.9');
  expect(breaking).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  expect(allowed).toBe(false);
});

test.each([
  ['nothing', schema],
  ['a new field', changed(/ {2}version: String!\n/, '  version: String!\n\n  """News."""\n  news: String\n')],
  ['an argument that may be absent', changed(/ {4}offset: Int\n/, '    offset: Int\n\n    """New."""\n    order: String\n')],
  ['another description', changed(/"""Version of this gateway\."""/, '"""Which gateway this is."""')],
  ['a deprecation', changed(/ {2}version: String!\n/, '  version: String! @deprecated(reason: "Ask the health check.")\n')],
])('%s breaks nobody', async (_, current) => {
  expect(await compareWithReleased(released, current, '0.1.1')).toEqual({ releasedVersion: '0.1.0', breaking: [], allowed: false });
});

test.each([
  ['0.1.0', '0.1.1', false],
  ['0.1.0', '0.2.0', true],
  ['0.9.0', '1.0.0', true],
  ['1.4.0', '1.5.0', false],
  ['1.4.0', '2.0.0', true],
  ['2.0.0', '1.9.0', false],
])('from %s to %s a break is announced by the version: %s', async (before, now, allowed) => {
  expect(await compareWithReleased(releasedHeader(before) + schema, REMOVED, now)).toMatchObject({ allowed });
});

test('a copy that does not say its version is of no use', async () => {
  await expect(compareWithReleased(schema, schema, '0.1.0')).rejects.toThrow('version');
});
