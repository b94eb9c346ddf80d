import { objectsConfig, parseS3Url, S3_FORM } from './objects';
import { ConfigError, parseConfig, type Config, type Environment, type ObjectsConfig } from './schema';

/** The only reader of the process environment. @throws ConfigError */
export const loadConfig = (overrides: Environment = {}): Config => parseConfig({ ...process.env, ...overrides });

/** A place that was named on the command line, a folder or an S3 URL, with the environment's AWS keys. @throws ConfigError */
export function loadObjectsConfig(place: string): ObjectsConfig {
  const isUrl = place.startsWith('s3:');
  if (isUrl && parseS3Url(place) === null) throw new ConfigError(`${place} is not ${S3_FORM}`);
  return objectsConfig(isUrl ? place : '', place, process.env);
}

/** The key that a tool shows to a gateway, and the foreign database that an import reads. */
export const loadToolSecrets = (): { readonly apiKey: string | null; readonly importDatabaseUrl: string | null } =>
  ({ apiKey: process.env['CONTEXTIQ_API_KEY'] ?? null, importDatabaseUrl: process.env['CONTEXTIQ_IMPORT_DATABASE_URL'] ?? null });

/** Colour for people: not when piped, not when they said so (no-color.org). */
export const wantsColor = (isTty: boolean): boolean => isTty && process.env['NO_COLOR'] === undefined;
