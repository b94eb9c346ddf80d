import { setImmediate as turn } from 'node:timers/promises';
import { busContract } from './bus.contract';
import { createInProcessBus } from './in-process.bus';

busContract(() => Promise.resolve({ bus: createInProcessBus(), settled: () => turn(), close: () => Promise.resolve() }));

test('it loses no notice, and several of one turn become one', async () => {
  const bus = createInProcessBus();
  let heard = 0;
  bus.listen('a', () => { heard += 1; });
  bus.notify('a');
  bus.notify('a');
  await turn();
  expect([bus.lossless, heard]).toEqual([true, 1]);
});
