import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import { buildGraphQLSchema } from '../../graphql/build-schema';
import type { Credentials, GatewayContext } from '../../graphql/context';
import { live } from '../../graphql/live';
import { DateTime, GraphQLJSON } from '../../graphql/scalars';
import { createGraphQLDoor, type GraphQLDoor, type GraphQLDoorOptions } from '../../graphql/server';
import type { Actor } from '../kernel/actor';
import { conflict, GatewayError } from '../kernel/errors';
import type { Logger } from '../kernel/logger-type';

/** A small application behind the GraphQL door: enough to show every behaviour of the door itself. */
class TestApp {
  readonly log: { level: string; fields: object; message: string }[] = [];
  /** Secrets that are accepted; an empty set accepts callers without one. */
  readonly keys = new Set<string>();
  readonly authentications: Credentials[] = [];
  executions = 0;
  loaders = 0;
  /** Subscriptions whose source is open. */
  open = 0;

  readonly logger: Logger = this.loggerOf({});

  private loggerOf(base: object): Logger {
    const at = (level: string) => (fields: object, message: string) => void this.log.push({ level, fields: { ...base, ...fields }, message });
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: (fields) => this.loggerOf({ ...base, ...fields }) };
  }

  async authenticate(credentials: Credentials): Promise<Actor> {
    this.authentications.push(credentials);
    if (this.keys.size > 0 && !this.keys.has(credentials.secret ?? '')) {
      throw new GatewayError('UNAUTHENTICATED', 'this needs a valid key', { reason: 'KEY_UNKNOWN' });
    }
    return { tenantId: 't1', principalId: credentials.secret ?? 'local', roles: ['admin'], scopeLimits: [] };
  }

  private release: () => void = () => undefined;
  private released = new Promise<void>((resolve) => { this.release = resolve; });

  /** Gives the next announcement to everyone who waits for it, at once. */
  announce(): void {
    const { release } = this;
    this.released = new Promise((resolve) => { this.release = resolve; });
    release();
  }

  async *announcements(signal: AbortSignal): AsyncGenerator<{ cursor: string }> {
    this.open += 1;
    const left = new Promise<'left'>((resolve) => { signal.addEventListener('abort', () => { resolve('left'); }, { once: true }); });
    try {
      for (let n = 1; ; n += 1) {
        if ((await Promise.race([this.released, left])) === 'left') return;
        yield { cursor: String(n) };
      }
    } finally {
      this.open -= 1;
    }
  }

  async *ticks(upTo: number, signal: AbortSignal): AsyncGenerator<number> {
    this.open += 1;
    try {
      for (let tick = 1; tick <= upTo; tick += 1) yield tick;
      if (upTo < 0) throw new GatewayError('UNAVAILABLE', 'the feed is gone', { reason: 'FEED_CLOSED', retryAfterMs: 500 });
      if (upTo === 0) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      this.open -= 1;
    }
  }
}

type Context = GatewayContext<TestApp, { readonly number: number }>;

@ObjectType()
class Item {
  @Field(() => ID)
  id!: string;

  @Field(() => Item, { nullable: true })
  parent?: Item | null;

  @Field(() => [Item], { description: 'Bounded by limit.' })
  children(@Arg('limit', () => Int, { nullable: true }) _limit?: number): Item[] {
    return [];
  }

  @Field(() => [String])
  tags(): string[] {
    return [];
  }
}

@ObjectType()
class Announcement {
  @Field(() => String)
  cursor!: string;

  @Field(() => String)
  reader!: string;

  @Field(() => Int)
  execution!: number;
}

@InputType()
class ScopeInput {
  @Field(() => String)
  userId!: string;
}

@InputType()
class ItemInput {
  @Field(() => String)
  name!: string;

  @Field(() => ScopeInput, { nullable: true })
  scope?: ScopeInput;

  @Field(() => Int, { nullable: true })
  topK?: number;
}

@Resolver()
export class TestResolver {
  @Query(() => String)
  hello(@Arg('name', () => String, { nullable: true }) name: string | null, @Ctx() { app }: Context): string {
    app.executions += 1;
    return `hello ${name ?? 'world'}`;
  }

  @Query(() => String)
  whoami(@Ctx() { actor }: Context): string {
    return actor.principalId;
  }

  @Query(() => Item, { nullable: true })
  item(@Arg('id', () => ID, { nullable: true }) id: string | null): Item {
    return Object.assign(new Item(), { id: id ?? '1', parent: null });
  }

  @Query(() => [Item])
  items(@Arg('limit', () => Int, { nullable: true }) _limit?: number): Item[] {
    return [];
  }

  @Query(() => [Item])
  find(@Arg('input', () => ItemInput) _input: ItemInput): Item[] {
    return [];
  }

  @Query(() => DateTime)
  instant(@Arg('at', () => DateTime) at: Date): Date {
    return at;
  }

  @Query(() => GraphQLJSON)
  echo(@Arg('value', () => GraphQLJSON) value: unknown): unknown {
    return value;
  }

  @Query(() => String, { nullable: true })
  conflicting(): string {
    throw conflict('the version has moved on', 'VERSION_MISMATCH', 'expectedVersion');
  }

  @Query(() => String, { nullable: true })
  broken(): string {
    throw new Error('select * from secrets where password = hunter2');
  }

  @Query(() => Int, { nullable: true })
  unserialisable(): unknown {
    return 'hunter2';
  }

  @Mutation(() => String)
  create(@Arg('input', () => ItemInput) input: ItemInput, @Ctx() context: Context): string {
    context.app.executions += 1;
    context.setConsistencyToken(`after-${input.name}`);
    return `${input.name} ${context.idempotencyKey ?? 'without key'} ${context.traceId}`;
  }

  /** 0: waits until it is closed. Negative: fails after opening. */
  @Subscription(() => Announcement, {
    subscribe: ({ context }: SubscribeResolverData<object, unknown, Context>) => live(async (signal) => context.app.announcements(signal)),
  })
  announcements(
    @Root() { cursor }: { cursor: string }, @Ctx() { app, actor }: Context,
    @Arg('after', () => String, { nullable: true }) _after?: string, @Arg('kind', () => String, { nullable: true }) _kind?: string,
  ): Announcement {
    app.executions += 1;
    return Object.assign(new Announcement(), { cursor, reader: actor.principalId, execution: app.executions });
  }

  @Subscription(() => Int, {
    subscribe: ({ args, context }) => {
      const { app }: Context = context;
      const upTo: number = args['upTo'];
      if (upTo > 1000) throw new GatewayError('FORBIDDEN', 'not that many', { reason: 'TOO_MANY_TICKS' });
      return live(async (signal) => app.ticks(upTo, signal));
    },
  })
  ticks(@Arg('upTo', () => Int) _upTo: number, @Root() tick: number): number {
    return tick;
  }

  /** Which of its operation's contexts an event was answered with. */
  @Subscription(() => Int, { subscribe: ({ context }) => live(async (signal) => (context as Context).app.ticks(2, signal)) })
  loaderNumbers(@Ctx() { loaders }: Context): number {
    return loaders.number;
  }
}

export interface RunningDoor {
  readonly app: TestApp;
  readonly door: GraphQLDoor;
  readonly server: Server;
  readonly url: string;
  readonly socketUrl: string;
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** Boots the door over a real http server on a free port. */
export async function startDoor(options: Partial<GraphQLDoorOptions<TestApp, { number: number }>> = {}): Promise<RunningDoor> {
  const app = new TestApp();
  const door = await createGraphQLDoor({
    schema: buildGraphQLSchema([TestResolver]),
    app,
    logger: app.logger,
    introspection: true,
    authenticate: (credentials) => app.authenticate(credentials),
    createLoaders: () => ({ number: ++app.loaders }),
    mergeTokens: (tokens) => tokens.join('+'),
    ...options,
  });
  const server = createServer((request, response) => void door.handle(request, response));
  server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/graphql`;
  return {
    app,
    door,
    server,
    url,
    socketUrl: url.replace('http', 'ws'),
    post: (body, headers = {}) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    async stop() {
      await door.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
