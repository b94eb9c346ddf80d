import { parseConfig, type Config, type Environment } from './schema';

/** The only reader of the process environment. @throws ConfigError */
export const loadConfig = (overrides: Environment = {}): Config => parseConfig({ ...process.env, ...overrides });

/** Colour for people: not when piped, not when they said so (no-color.org). */
export const wantsColor = (isTty: boolean): boolean => isTty && process.env['NO_COLOR'] === undefined;
