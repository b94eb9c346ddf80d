import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, type OperationVariables, type TypedDocumentNode } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { defer, map, retry, tap, throwError, timer, type Observable } from 'rxjs';

export function connect(gateway: string): ApolloClient {
  // Mutations carry idempotency keys, so a request whose answer was lost is safely sent again.
  const http = ApolloLink.from([new RetryLink(), new HttpLink({ uri: `${gateway}/graphql` })]);
  const socket = new GraphQLWsLink(createClient({ url: `${gateway.replace(/^http/, 'ws')}/graphql`, retryAttempts: 0 }));
  const link = ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, socket, http);
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

/** A subscription that goes on after its last item whenever the socket breaks: each item once, in order. What the gateway refuses is an error. */
export function follow<Item extends { readonly cursor: string }, Variables extends OperationVariables>(
  apollo: ApolloClient, query: TypedDocumentNode<Record<string, Item>, Variables & { after: string }>, variables: Variables,
): Observable<Item> {
  let after = '0';
  return defer(() => apollo.subscribe<Record<string, Item>>({ query, variables: { ...variables, after }, fetchPolicy: 'no-cache' })).pipe(
    map(({ data, error }) => {
      const [item] = Object.values(data ?? {});
      if (item === undefined) throw new Error(error?.message ?? 'an empty answer', { cause: error });
      return item;
    }),
    tap(({ cursor }) => { after = cursor; }),
    retry({ resetOnSuccess: true, delay: (error: Error, failures) => (CombinedGraphQLErrors.is(error.cause) ? throwError(() => error) : timer(Math.min(100 * 2 ** failures, 5_000))) }),
  );
}
