import { templateUrl } from '../services';
import { dropDatabase } from './databases';

// eslint-disable-next-line no-restricted-syntax -- jest looks for the default export
export default async function teardown(): Promise<void> {
  const url = templateUrl();
  if (url !== null) await dropDatabase(url);
}
