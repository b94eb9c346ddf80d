import { addUsage, type ModelUsage } from '../../platform/llm/usage.port';
import { createCostOf } from './cost';
import { metered } from './metered';
import { PRICES } from './prices';

const took = (model: string, promptTokens: number, completionTokens: number, calls = 1): ModelUsage => ({ model, calls, promptTokens, completionTokens });

test('usage is summed per model', () => {
  expect(addUsage([took('a', 1, 2)], [took('b', 3, 4), took('a', 10, 20, 2)])).toEqual([took('a', 11, 22, 3), took('b', 3, 4)]);
});

describe('cost', () => {
  const costOf = createCostOf();

  test('is the list price of tokens in and out, of all models together', () => {
    expect(costOf([took('openai/gpt-5-mini', 1_000_000, 500_000)])).toBe(1.25);
    expect(costOf([took('openai/gpt-5-mini', 1000, 0), took('openai/text-embedding-3-small', 1000, 0)])).toBe(0.00027);
    expect(costOf([took('openai/gpt-5-mini-2025-08-07', 1_000_000, 0)])).toBe(0.25);
  });

  test('is unknown, and not nothing, where a price is unknown or a provider counted no tokens', () => {
    expect(costOf([took('openai/gpt-5-mini', 1, 1), took('ollama/llama3.1', 1, 1)])).toBeNull();
    expect(costOf([took('openai/gpt-5-mini', 0, 0)])).toBeNull();
  });

  test('is nothing where no model was asked', () => {
    expect(costOf([])).toBe(0);
  });

  test('follows one’s own prices first', () => {
    const own = createCostOf({ 'ollama/llama3.1': { input: 0, output: 0 }, 'openai/gpt-5-mini': { input: 1, output: 1 } });
    expect([own([took('ollama/llama3.1', 9, 9)]), own([took('openai/gpt-5-mini', 1_000_000, 0)])]).toEqual([0, 1]);
  });

  test('every price of the table belongs to a provider and is positive', () => {
    for (const [model, { input, output }] of Object.entries(PRICES)) {
      expect(model).toMatch(/^(openai|anthropic|gemini|groq|mistral)\/./);
      expect(input).toBeGreaterThan(0);
      expect(output).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('metering', () => {
  test('what failed work took is recorded, and its own failure is thrown', async () => {
    const recorded: (readonly ModelUsage[])[] = [];
    const failure = new Error('refused');
    const run = metered(async (taken) => { recorded.push(taken); throw new Error('no disk'); }, async (meter) => {
      meter(took('a', 1, 1));
      meter(took('a', 2, 2));
      throw failure;
    });
    await expect(run).rejects.toBe(failure);
    expect(recorded).toEqual([[took('a', 3, 3, 2)]]);
  });

  test('work without models records nothing', async () => {
    await expect(metered(() => Promise.reject(new Error('unwanted')), () => Promise.resolve('done'))).resolves.toBe('done');
  });
});
