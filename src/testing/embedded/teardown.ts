import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { requireImageFile } from '../services';

// eslint-disable-next-line no-restricted-syntax -- jest looks for the default export
export default async function teardown(): Promise<void> {
  await rm(dirname(requireImageFile()), { recursive: true });
}
