import { parseArgs } from 'node:util';
import { servePage } from './serve';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string', default: 'http://127.0.0.1:4000' }, port: { type: 'string', default: '5173' } } });
  const page = await servePage(Number(values.port));
  console.log(`Open ${page.url}?gateway=${encodeURIComponent(values.url)}`);
  process.once('SIGINT', () => void page.close());
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
