import { version } from '../../package.json';
import { VERSION } from './version';

test('the version in the code is that of the package', () => {
  expect(VERSION).toBe(version);
});
