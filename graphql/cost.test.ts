import { Kind } from 'graphql';
import { TestResolver } from '../src/testing/test-door';
import { buildGraphQLSchema } from './build-schema';
import { createDocuments } from './documents';
import { DEFAULT_LIMITS } from './limits';

const documents = createDocuments({ schema: buildGraphQLSchema([TestResolver]), limits: DEFAULT_LIMITS, introspection: true });

function costOf(source: string, variables: Record<string, unknown> = {}): number | undefined {
  const admission = documents.admit(source);
  if (admission.kind === 'refused') throw new Error(String(admission.errors[0]));
  const operation = admission.document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operation === undefined ? undefined : admission.costs.get(operation)?.(variables);
}

test.each([
  ['a leaf counts one', '{ hello }', {}, 1],
  ['an object counts itself and its fields', '{ item { id parent { id } } }', {}, 4],
  ['a list counts its fields once per item', '{ items(limit: 7) { id } }', {}, 8],
  ['a list within a list multiplies', '{ items(limit: 10) { children(limit: 10) { id tags } } }', {}, 1 + 10 * (1 + 10 * 2)],
  ['a size not given is the usual page', '{ items { id } }', {}, 51],
  ['a variable counts with its value', 'query($n: Int) { items(limit: $n) { id } }', { n: 120 }, 121],
  ['a variable not given counts with its default', 'query($n: Int = 3) { items(limit: $n) { id } }', {}, 4],
  ['a variable that is no size counts as the usual page', 'query($n: Int) { items(limit: $n) { id } }', { n: 'x' }, 51],
  ['a size inside an input literal counts', '{ find(input: {name: "a", topK: 9}) { id } }', {}, 10],
  ['a size inside an input variable counts', 'query($i: ItemInput!) { find(input: $i) { id } }', { i: { name: 'a', topK: 30 } }, 31],
  ['fragments count where they are spread', '{ items(limit: 5) { ...I } } fragment I on Item { id parent { ... on Item { id } } }', {}, 1 + 5 * 3],
])('%s', (_name, source, variables, cost) => {
  expect(costOf(source, variables)).toBe(cost);
});
