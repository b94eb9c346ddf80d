import 'reflect-metadata';
import { Query, Resolver } from 'type-graphql';
import { VERSION } from '../src/kernel/version';

@Resolver()
export class VersionResolver {
  @Query(() => String, { description: 'Version of this gateway.' })
  version(): string {
    return VERSION;
  }
}
