import { isObject } from '../typescript-client';
import type { Tools } from './tools';

/** A tool to show how they are written. */
export const TOOLS: Tools = {
  local_time: {
    description: 'The time now in a time zone.',
    parameters: { type: 'object', properties: { zone: { type: 'string', description: 'IANA name, such as Europe/Lisbon' } }, required: ['zone'] },
    run(args) {
      const zone = isObject(args) ? args['zone'] : undefined;
      if (typeof zone !== 'string') throw new Error('zone must be the IANA name of a time zone');
      return new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: zone }).format(new Date());
    },
  },
};
