/** A GraphQL document that knows the types of its answer and its variables. `types` is never set: it only carries them. */
export interface Operation<Data, Variables> {
  readonly text: string;
  readonly types?: (variables: Variables) => Data;
}

/** The types are written beside the document; a code generator can write them from `graphql/schema.graphql` instead. */
export const graphql = <Data, Variables>(text: string): Operation<Data, Variables> => ({ text });
