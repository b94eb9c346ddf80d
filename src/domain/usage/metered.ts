import { addUsage, type Meter, type ModelUsage } from '../../platform/llm/usage.port';

/**
 * Runs `work` with a meter and hands over what it took once it ended, also when it failed: paid is paid.
 * @throws what `work` throws, before what `record` throws
 */
export async function metered<T>(record: (taken: readonly ModelUsage[]) => Promise<void>, work: (meter: Meter) => Promise<T>): Promise<T> {
  let taken: readonly ModelUsage[] = [];
  const settle = async (): Promise<void> => {
    if (taken.length > 0) await record(taken);
  };
  let result: T;
  try {
    result = await work((usage) => { taken = addUsage(taken, [usage]); });
  } catch (error) {
    await settle().catch(() => undefined);
    throw error;
  }
  await settle();
  return result;
}
