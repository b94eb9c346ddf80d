import type { Browser, Page } from 'playwright-core';
import type { Gateway } from '../../src/gateway';
import { launchBrowser } from '../../src/testing/browser';
import { startTestGateway } from '../../src/testing/gateway';
import { startTcpProxy, type TcpProxy } from '../../src/testing/tcp-proxy';
import { appendEvent, connect, type ContextIQ } from '../typescript-client';
import { servePage, type PageServer } from './serve';

let gateway: Gateway;
let network: TcpProxy;
let server: PageServer;
let browser: Browser;
let client: ContextIQ;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [gateway, server, browser] = await Promise.all([startTestGateway(), servePage(0), launchBrowser()]);
  network = await startTcpProxy(gateway.url);
  client = connect(gateway.url);
  page = await browser.newPage({ viewport: { width: 1100, height: 640 } });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.url}?gateway=${encodeURIComponent(network.url)}&user=Mara`);
  await page.waitForURL(/session=/);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await client.close();
  await Promise.all([server.close(), network.close()]);
  await gateway.close();
});

const say = async (text: string, author: 'USER' | 'AGENT'): Promise<void> => {
  const sessionId = new URL(page.url()).searchParams.get('session')!;
  await client.request(appendEvent, { sessionId, event: { author, authorName: author === 'USER' ? 'Mara' : 'Assistant', text } });
};
const turns = (): Promise<string[]> => page.locator('#events li p').allTextContents();
const turn = (text: string): Promise<void> => page.locator('#events li', { hasText: text }).waitFor();

test('a page shows what is appended elsewhere and what is typed into it, and the memories made of it', async () => {
  await say('I am allergic to walnuts.', 'USER');
  await turn('walnuts');
  await say('Noted. Where do you live?', 'AGENT');
  await turn('Noted');
  await page.fill('#text', 'I live in Lisbon with my sister Edda.');
  await page.click('text=Say');
  await turn('Lisbon');

  await page.click('text=Generate memories');
  await page.locator('#memories li', { hasText: 'Mara is allergic to walnuts.' }).waitFor();
  await page.locator('#phase', { hasText: 'Done' }).waitFor();
  expect(await page.locator('#problem').isVisible()).toBe(false);
  // To look at: the folder is not kept in git.
  await page.screenshot({ path: 'coverage/frontend.png' });
});

test('a broken connection leaves no gap and shows nothing twice', async () => {
  const before = await turns();
  const more = Array.from({ length: 12 }, (_, n) => `Turn ${n} of twelve.`);
  for (const [n, text] of more.entries()) {
    if (n % 3 === 0) network.cut();
    await say(text, 'USER');
  }
  await turn('Turn 11 of twelve.');
  expect(await turns()).toEqual([...before, ...more]);
});

test('the page loaded anew shows the same session, and markup in a turn stays text', async () => {
  await say('<img src=x onerror="document.title = 1">', 'USER');
  await turn('<img');
  const before = await turns();
  await page.reload();
  await turn('<img');
  expect(await turns()).toEqual(before);
  expect(await page.title()).toBe('ContextIQ: a session, live');
  expect(complaints).toEqual([]);
});
