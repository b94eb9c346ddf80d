import { parseArgs } from 'node:util';
import { connect, createSession } from '../typescript-client';
import { createDiscountBot } from './bot';

/** A user opens twenty tabs at once, and buys in one of them. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string', default: 'http://127.0.0.1:4000' }, key: { type: 'string' }, user: { type: 'string', default: 'ann' } } });
  const client = connect(values.url, { apiKey: values.key });
  try {
    const bot = createDiscountBot(client);
    const offers = await Promise.all(Array.from({ length: 20 }, async () => {
      const { createSession: tab } = await client.request(createSession, { input: { userId: values.user, agentId: 'discount-bot' } });
      return { tab: tab.id, ...(await bot.offer(tab.id)) };
    }));
    console.log(`20 offers at once, different codes: ${new Set(offers.map(({ code }) => code)).size}`);
    for (const { tab } of offers.slice(0, 1)) console.log('bought with', await bot.convert(tab));
    console.log('in all', await bot.counts());
  } finally {
    await client.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
