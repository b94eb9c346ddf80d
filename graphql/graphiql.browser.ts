import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Gateway } from '../src/gateway';
import { launchBrowser } from '../src/testing/browser';
import { createApiClient, type ApiClient } from '../src/testing/e2e/client';
import { newSession } from '../src/testing/e2e/memories';
import { until } from '../src/testing/e2e/until';
import { startTestGateway } from '../src/testing/gateway';

let gateway: Gateway;
let api: ApiClient;
let browser: Browser;
let page: Page;
/** Screenshots stay there for whoever wants to look. */
let folder: string;
/** Requests to any place but the gateway, and whatever the browser complains about. */
const elsewhere: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), 'contextiq-graphiql-'));
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  watch(page);
  await page.goto(`${gateway.url}/graphiql`);
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
});
afterAll(async () => {
  await browser.close();
  await gateway.close();
});

function watch(watched: Page): void {
  const { host } = new URL(gateway.url);
  const note = (url: string): void => { if (!/^(data|blob):/.test(url) && new URL(url).host !== host) elsewhere.push(url); };
  watched.on('request', (request) => note(request.url()));
  watched.on('websocket', (socket) => note(socket.url()));
  watched.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText ?? 'failed'}`));
  watched.on('response', (response) => { if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`); });
  watched.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  watched.on('pageerror', (error) => complaints.push(String(error)));
}

/** Replaces what is in an editor; as one piece, because the editor closes brackets that are typed one by one. */
async function write(editor: 'query' | 'variable', text: string): Promise<void> {
  const place = page.locator(`.graphiql-${editor === 'query' ? 'query-editor' : 'editor-tool'} .CodeMirror:visible`);
  await place.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

const press = (name: RegExp): Promise<void> => page.getByRole('button', { name }).click();
const answer = (text: string): Promise<void> => page.locator('.result-window', { hasText: text }).waitFor();
const shoot = (name: string): Promise<Buffer> => page.screenshot({ path: join(folder, `${name}.png`) });

test('the page opens with a query that works', async () => {
  await newSession(api, { userId: 'grace' });
  await press(/^Execute query/);
  await answer('"userId": "grace"');
  await shoot('1-start');
});

test('a query that is run as soon as it is typed is answered', async () => {
  await write('query', '{ version }');
  await press(/^Execute query/);
  await answer('"version"');
});

test('a mutation with variables writes', async () => {
  await write('query', 'mutation Create($input: CreateSessionInput!) { createSession(input: $input) { id userId state } }');
  await press(/^Variables$/);
  await write('variable', JSON.stringify({ input: { userId: 'ada', state: { step: 1 } } }, null, 2));
  await press(/^Execute query/);
  await answer('"userId": "ada"');
  await shoot('2-mutation');
  expect((await api.ask('{ sessions(userId: "ada") { state } }')).sessions).toEqual([{ state: { step: 1 } }]);
});

test('a subscription shows events as they are appended, until it is stopped', async () => {
  const sessionId = await newSession(api, { userId: 'ada' });
  const append = (text: string): Promise<unknown> =>
    api.ask('mutation($sessionId: ID!, $text: String!) { appendEvent(sessionId: $sessionId, event: {text: $text}) { id } }', { sessionId, text });
  await append('before');
  await write('query', `subscription { sessionEvents(sessionId: "${sessionId}", after: "0") { cursor event { seq content { text } } } }`);
  await press(/^Execute query/);
  await answer('before');
  await append('Hello from elsewhere');
  await answer('Hello from elsewhere');
  await append('and once more');
  await answer('and once more');
  await shoot('3-subscription');
  await press(/^Stop query/);
  await until('the page offers to run again', () => page.getByRole('button', { name: /^Execute query/ }).isVisible());
});

test('a query that is run right after a subscription is one again, and its error names the field at fault', async () => {
  await write('query', '{ sessions(userId: "\\u0000") { id } }');
  await press(/^Execute query/);
  await answer('"field": "userId"');
  await shoot('4-error');
});

test('the documentation of the schema is there', async () => {
  await press(/^Show Documentation Explorer/);
  await page.locator('.graphiql-doc-explorer', { hasText: 'Mutation' }).waitFor();
  await page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).first().click();
  await page.locator('.graphiql-doc-explorer', { hasText: 'searchMemories' }).waitFor();
  await shoot('5-documentation');
});

test('all of this came from the gateway alone, and the browser had nothing to complain about', () => {
  expect(elsewhere).toEqual([]);
  expect(complaints).toEqual([]);
});
