import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig, wantsColor } from '../../config/load';
import { ConfigError } from '../../config/schema';
import { startGateway, type Gateway } from '../../gateway';
import { GatewayError } from '../../kernel/errors';
import { createLogger } from '../../platform/telemetry/logger';
import { lockDirectory } from '../../storage/pglite/lock';
import { createGatewayClient } from '../client';
import { loadConversation } from '../conversation-run';
import { ask, questionsOf, showContext } from './ask';
import { readConversation, SHIPPED_CONVERSATION } from './conversation-file';
import { createFormat } from './format';
import { createProgress } from './progress';
import { remember } from './remember';
import { reportMemories } from './report';

const USAGE = `npm run demo [-- FILE] [-- --exit] [-- --url URL] [-- --key KEY]

  FILE     a conversation of your own: OpenAI-style messages (JSON or JSONL), or the LoCoMo layout
  --exit   stop when everything was shown, instead of leaving the gateway running
  --url    use the gateway that runs there, instead of starting one; the conversation stays in it
  --key    its API key
`;
const DATA_DIR = './data/demo';
const QUESTIONS = 5;

/** The main job, end to end, over the gateway's public address: what a user's own program would do. */
async function demo(args: readonly string[]): Promise<void> {
  const { files, exit, url, key } = parseArguments(args);
  const [file = SHIPPED_CONVERSATION] = files;
  const out = process.stdout;
  const tty = out.isTTY;
  const width = tty ? Math.min(out.columns, 110) : 100;
  const format = createFormat({ color: wantsColor(tty), width });
  const say = (...lines: string[]): void => { out.write(`${lines.join('\n')}\n`); };

  const conversation = await readConversation(file, { now: new Date() });
  const turnCount = conversation.sessions.reduce((sum, { turns }) => sum + turns.length, 0);
  say('', format.heading(`ContextIQ: ${conversation.title}`),
    `${turnCount} turns in ${conversation.sessions.length} sessions, ${conversation.speakers.join(' and ')}; ${file === SHIPPED_CONVERSATION ? 'the conversation that ships with the demo' : basename(file)}`, '');

  const started = performance.now();
  const gateway = url === null ? await startOwnGateway() : { url, close: () => Promise.resolve() };
  say(url === null ? `Gateway ready in ${seconds(started)} at ${gateway.url} (embedded: nothing but this process)` : `The gateway at ${url}`, '');
  const client = createGatewayClient(gateway.url, key);
  try {
    const progress = createProgress(out, { tty, width });
    const mainJob = performance.now();
    const title = conversation.title.replaceAll(/\s+/g, '-').toLowerCase().slice(0, 64);
    // A gateway that stays remembers earlier demos: each has a pool of its own.
    const scope = { conversation: title, ...(url === null ? {} : { run: randomUUID() }) };
    const loaded = await loadConversation(client, conversation, scope, (done) => { progress.update({ phase: 'appending', done, total: turnCount }); });
    const sessions = loaded.sessions.length;
    const remembered = await remember(client, loaded, (step) => {
      progress.update({ phase: 'remembering', done: Math.round((step.sessions + step.share) * 100), total: sessions * 100, note: `session ${step.sessions + 1} of ${sessions}: ${step.phase}` });
    });
    progress.finish(`${turnCount} turns appended and remembered in ${seconds(mainJob)} by ${remembered.extractor}`);
    say('', ...reportMemories(format, loaded, remembered));

    const questions = questionsOf(conversation, QUESTIONS);
    say(format.heading('Questions (✓: the file says the answer is there)'));
    for (const question of questions) say(...(await ask(client, loaded, format, question)));
    const [first] = questions;
    if (first !== undefined) say(...(await showContext(client, loaded, format, first.question)));
    say(...nextSteps(gateway.url, scope, first?.question ?? 'What do you know?'));
  } finally {
    await client.close();
  }
  await leaveRunning(gateway, exit || url !== null, say);
}

/** @throws GatewayError with the usage */
function parseArguments(args: readonly string[]): { files: readonly string[]; exit: boolean; url: string | null; key: string | null } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { exit: { type: 'boolean', default: false }, url: { type: 'string' }, key: { type: 'string' } } });
    const { exit, url, key } = values;
    if (positionals.length > 1) throw new Error('one file at most');
    if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) throw new Error(`--url: an http(s) URL, not ${JSON.stringify(url)}`);
    if (key !== undefined && url === undefined) throw new Error('--key: only with --url');
    return { files: positionals, exit, url: url?.replace(/\/+$/, '') ?? null, key: key ?? null };
  } catch (error) {
    throw new GatewayError('BAD_USER_INPUT', `${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

/** A demo shows the same every time: it begins with an empty gateway in a folder of its own. */
async function startOwnGateway(): Promise<Gateway> {
  await emptyDataDir();
  const config = loadConfig({ CONTEXTIQ_DATABASE_URL: '', CONTEXTIQ_DATA_DIR: DATA_DIR, CONTEXTIQ_LOG_LEVEL: 'error' });
  const logger = createLogger(config.logLevel, process.stderr);
  return startGateway(config, logger).catch(async (error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return startGateway({ ...config, port: 0 }, logger);
  });
}

/** @throws GatewayError UNAVAILABLE while the gateway of an earlier demo still uses the folder: its data is not pulled from under it */
async function emptyDataDir(): Promise<void> {
  const lock = await lockDirectory(DATA_DIR);
  try {
    for (const part of ['cluster', 'cluster.new']) await rm(join(DATA_DIR, part), { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const nextSteps = (url: string, scope: object, question: string): string[] => [
  `GraphiQL: ${url}/graphiql   paste this:`,
  '',
  'query {',
  '  recall(input: {',
  `    scopes: [{ scope: ${graphqlObject(scope)} }]`,
  `    query: ${JSON.stringify(question)}`,
  '    kinds: [MEMORY, EVENT]',
  '  }) {',
  '    hits { score kind memory { fact revisions { action reason } } event { authorName content { text } } }',
  '  }',
  '}',
  '',
];

const graphqlObject = (value: object): string => `{ ${Object.entries(value).map(([key, item]) => `${key}: ${JSON.stringify(item)}`).join(', ')} }`;

async function leaveRunning(gateway: Pick<Gateway, 'close'>, exit: boolean, say: (line: string) => void): Promise<void> {
  if (!exit) {
    say('The gateway keeps running; Ctrl-C stops it.');
    await new Promise<void>((resolve) => {
      process.once('SIGINT', () => { resolve(); });
      process.once('SIGTERM', () => { resolve(); });
    });
  }
  await gateway.close();
}

demo(process.argv.slice(2)).catch((error: unknown) => {
  const foreseen = error instanceof GatewayError || error instanceof ConfigError;
  process.stderr.write(`${error instanceof Error ? (foreseen ? error.message : (error.stack ?? error.message)) : String(error)}\n`);
  process.exit(1);
});
