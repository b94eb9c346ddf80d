import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Gateway } from '../src/gateway';
import { startTestGateway } from '../src/testing/gateway';
import { content, startScriptedModel } from '../src/testing/scripted-model';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

/** What `npm run example` starts, built by `npm test`. */
const PROGRAM = resolve('dist', 'client-examples', 'run.js');

function run(name: string, args: readonly string[] = []) {
  const child = spawn(process.execPath, [PROGRAM, name, '--url', gateway.url, ...args], { env: { OPENAI_API_KEY: 'none' } });
  const exit = once(child, 'close');
  let output = '';
  child.stderr.on('data', (chunk) => { output += String(chunk); });
  const lines = createInterface({ input: child.stdout }).on('line', (line) => { output += `${line}\n`; });
  return {
    type: (line: string) => child.stdin.write(`${line}\n`),
    endInput: () => child.stdin.end(),
    interrupt: () => child.kill('SIGINT'),
    /** The first line that matches, as soon as it is there. */
    line: (pattern: RegExp) => new Promise<string>((found, failed) => {
      const look = (): void => {
        const line = output.split('\n').find((each) => pattern.test(each));
        if (line !== undefined) found(line);
      };
      lines.on('line', look).on('close', () => failed(new Error(output)));
      look();
    }),
    /** All it said, once it has left without an error. */
    async end(): Promise<string> {
      const [code] = await exit;
      if (code !== 0) throw new Error(`${name} left with ${code}: ${output}`);
      return output;
    },
  };
}

test('typescript-client hears what it says and remembers it', async () => {
  const output = await run('typescript-client').end();
  expect(output).toContain('event 3: My sister Clara plays the cello.');
  expect(output).toMatch(/remembered: Rui is allergic to hazelnuts\./);
});

test('agent-loop answers line by line and remembers at the end', async () => {
  const model = await startScriptedModel([content('Hello Ann.'), content('Noted.')]);
  const agent = run('agent-loop', ['--model', 'scripted', '--model-url', model.url]);
  agent.type('Hello!');
  agent.type('I live in Porto.');
  agent.endInput();
  expect(await agent.end()).toBe('Hello Ann.\nNoted.\nRemembered.\n');
  await model.close();
});

test('coordinator prints the merged results', async () => {
  expect(await run('coordinator').end()).toMatch(/forecast: .*showers[^]*suitcase: 'A rain jacket/);
});

test('several-agents prints what came of the patterns that it is asked for', async () => {
  const output = await run('several-agents', ['separate', 'hybrid-memory']).end();
  expect(output).toContain("{ text: 'Serralves.' }");
  expect(output).toMatch(/hybrid-memory:[^]*Ann goes to Porto by train\./);
});

test('discount-bot makes one offer of twenty', async () => {
  const output = await run('discount-bot').end();
  expect(output).toContain('different codes: 1');
  expect(output).toContain('{ offers: 1, conversions: 1 }');
});

test('reminder-assistant reminds, and leaves when it is interrupted', async () => {
  const assistant = run('reminder-assistant');
  await assistant.line(/Try/);
  assistant.type('remind me to stretch in 1 second');
  expect(await assistant.line(/⏰/)).toBe('⏰ stretch');
  assistant.interrupt();
  expect(await assistant.end()).toContain('I will remind you on');
});

test('frontend serves its page', async () => {
  const frontend = run('frontend', ['--port', '0']);
  const [, address] = /Open (\S+)/.exec(await frontend.line(/Open/)) ?? [];
  const page = await (await fetch(address!)).text();
  expect(page).toContain('<title>ContextIQ: a session, live</title>');
  expect(await (await fetch(new URL('page.js', address))).text()).toContain('sessionEvents');
  frontend.interrupt();
  await frontend.end();
});

test('without a name the command says which there are', async () => {
  const child = spawn(process.execPath, [PROGRAM]);
  let words = '';
  child.stderr.on('data', (chunk) => { words += String(chunk); });
  expect((await once(child, 'close'))[0]).toBe(1);
  expect(words).toContain('agent-loop | coordinator | discount-bot | frontend | reminder-assistant | several-agents | typescript-client');
});
