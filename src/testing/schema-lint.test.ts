import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the linter says of the schema with this added or changed; `npm run lint` runs the same rules. */
function lint(text: string): Promise<string> {
  return new Promise((resolve) => {
    const linter = execFile(process.execPath, ['node_modules/eslint/bin/eslint.js', '--stdin', '--stdin-filename', 'graphql/schema.graphql'], (_, output) => resolve(output));
    linter.stdin?.end(text);
  });
}

const schema = readFileSync('graphql/schema.graphql', 'utf8');
const PLANTED = `
enum Mood {
  """Up."""
  happy
}

input Wish {
  """Its text."""
  text: String!
  """Old."""
  old: String @deprecated
}

# Not a description.
"""A page without its place."""
type WishConnection {
  """The wishes."""
  edges: [String]
}
`;

test('the linter of the schema refuses what a client would stumble over', async () => {
  expect(await lint(schema)).toBe('');
  const complaints = await lint(schema + PLANTED);
  const rules = [...complaints.matchAll(/@graphql-eslint\/([a-z-]+)/g)].map((match) => match[1]);
  expect([...new Set(rules)].sort()).toEqual([
    'naming-convention', 'no-unreachable-types', 'relay-connection-types', 'relay-edge-types', 'require-deprecation-reason', 'require-description',
  ]);
});
