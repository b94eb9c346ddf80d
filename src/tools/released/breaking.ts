import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const VERSION = /^# Released with (\d+\.\d+\.\d+)$/m;

/** The first line of the released schema: from which version on clients rely on it. */
export const releasedHeader = (version: string): string => `# Released with ${version}\n`;

export interface Comparison {
  readonly releasedVersion: string;
  /** Changes that can break a client's documents, each in words. */
  readonly breaking: readonly string[];
  /** The version says that documents may break: a new major, or before 1.0 a new minor. */
  readonly allowed: boolean;
}

/** What changed between the released schema and the current one that a client may notice the hard way. @throws when `released` does not say its version */
export async function compareWithReleased(released: string, current: string, version: string): Promise<Comparison> {
  const releasedVersion = VERSION.exec(released)?.[1];
  if (releasedVersion === undefined) throw new Error('the released schema does not begin with the version that it was released with');
  const changes = await diff(buildSchema(released), buildSchema(current));
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking).map(({ message }) => message);
  return { releasedVersion, breaking, allowed: mayBreak(releasedVersion, version) };
}

function mayBreak(released: string, current: string): boolean {
  const [major = 0, minor = 0] = numbersOf(released);
  const [nowMajor = 0, nowMinor = 0] = numbersOf(current);
  return nowMajor > major || (nowMajor === 0 && major === 0 && nowMinor > minor);
}

const numbersOf = (version: string): number[] => version.split('.').map(Number);
