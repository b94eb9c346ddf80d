import { getMetadataStorage } from 'type-graphql';
import { buildGraphQLSchema } from './build-schema';
import { resolvers } from './resolvers';

test('inputs have no methods and no values of their own, which an instance would add', () => {
  buildGraphQLSchema(resolvers);
  const inputs = getMetadataStorage().inputTypes.map(({ target }) => target as new () => object);
  expect(inputs.length).toBeGreaterThan(20);
  for (const Input of inputs) {
    expect(Object.getOwnPropertyNames(Input.prototype)).toEqual(['constructor']);
    expect(Object.values(new Input()).filter((value) => value !== undefined)).toEqual([]);
  }
});
