import type { App } from '../src/compose/app';
import type { GatewayContext } from './context';
import type { Loaders } from './loaders';

/** What the resolvers of this gateway see. */
export type Context = GatewayContext<App, Loaders>;
