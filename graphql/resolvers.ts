import 'reflect-metadata';
import { VersionResolver } from './version.resolver';

/** Every resolver class of the schema. */
export const resolvers = [VersionResolver] as const;
