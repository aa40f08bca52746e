import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from './support.ts';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program with nothing of this machine's configuration; it ends with the test. */
function run(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, TMPDIR: process.env.TMPDIR ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  // Closed, not only ended: all that it printed has come by then.
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    ended,
    /** Waits until so many lines have been printed. */
    async printed(count: number): Promise<readonly string[]> {
      while (lines.length < count) {
        const over = await Promise.race([ended.then(() => true), once(reader, 'line').then(() => false)]);
        if (over && lines.length < count) throw new Error(`It ended after printing: ${lines.join('\n')}`);
      }
      return lines;
    },
  };
}

async function post<T>(url: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as T;
}

test("somebody else's bot runs against sluice sandbox --telegram-only, told of it by the lines that are printed", async () => {
  const folder = temporaryFolder();
  const cli = `${PACKAGE}/dist/cli.js`;
  const chosen = ['--port', '0', '--data', 'world', '--people', '11:Ada,12:Ben', '--bot', '@greeter_bot'];
  const sandbox = run([cli, 'sandbox', '--telegram-only', '--privacy', ...chosen], folder);
  const [first = '', ...exports] = await sandbox.printed(4);
  expect(first).toMatch(/^# The sandbox is up: open http:\/\/127\.0\.0\.1:\d+$/);
  const env = Object.fromEntries(
    exports.map((line) => /^export (\w+)=(.*)$/.exec(line)?.slice(1) as [string, string]),
  );
  const { TELEGRAM_API_ROOT: url = '', TELEGRAM_CHAT_ID: chat = '' } = env;
  const chat_id = Number(chat);

  const bot = run([`${PACKAGE}/tests/strangers/greeter.mjs`], folder, env);
  expect(await bot.printed(1)).toEqual(['@greeter_bot listens']);

  interface Said {
    readonly message_id: number;
    readonly text: string;
  }
  const messages = async () => {
    const response = await fetch(`${url}/_user/messages?chat_id=${chat_id}`);
    return ((await response.json()) as { messages: Said[] }).messages;
  };
  await post(`${url}/_user/send`, { chat_id, user_id: 11, text: 'just talk' });
  await post(`${url}/_user/send`, { chat_id, user_id: 11, text: '/start' });
  await expect
    .poll(async () => (await messages()).map(({ text }) => text), { timeout: 60_000 })
    .toEqual(['just talk', '/start', 'Hello, Ada. Shall I wave?']);
  const { message_id = 0 } = (await messages()).at(-1) ?? {};
  const press = { chat_id, user_id: 12, message_id, button: 'Wave' };
  expect(await post(`${url}/_user/press`, press)).toMatchObject({ answered: true, text: 'Waving' });
  await expect.poll(async () => (await messages()).at(-1)?.text, { timeout: 60_000 }).toBe('👋 Ben');

  bot.child.kill('SIGTERM');
  expect(await bot.ended).toBe(0);
  sandbox.child.kill('SIGTERM');
  expect(await sandbox.ended).toBe(0);
});

test('sluice sandbox --app-engine-only serves the app and the APIs, and ends', async () => {
  const folder = temporaryFolder();
  const chosen = ['--port', '0', '--data', 'world', '--speed', '10'];
  const sandbox = run([`${PACKAGE}/dist/cli.js`, 'sandbox', '--app-engine-only', ...chosen], folder);
  const lines = await sandbox.printed(4);
  const app = /the app is at (http:\S+)$/.exec(lines[0] ?? '')?.[1] ?? '';
  const api = /APPENGINE=(http:\S+)\/$/.exec(lines[3] ?? '')?.[1] ?? '';
  const service = await fetch(`${api}/v1/apps/demo/services/default`);
  expect(await service.json()).toMatchObject({ split: { allocations: { v1: 1 } } });
  expect((await fetch(app)).status).toBe(200);
  expect(await post(`${api}/_sandbox/jump`, { ms: 1 })).toMatchObject({ ok: true, clock: { speed: 10 } });
  sandbox.child.kill('SIGTERM');
  expect(await sandbox.ended).toBe(0);
  expect(sandbox.lines.join()).not.toContain('TELEGRAM');
});

test("somebody else's program starts both stand-ins through the package's entries", async () => {
  const program = run([`${PACKAGE}/tests/strangers/library.mjs`], PACKAGE);
  expect(await program.ended).toBe(0);
  expect(program.lines).toEqual(['all as expected']);
});

test.each([
  [['--port', '65536'], '--port: expected a port from 0 to 65535, got "65536"'],
  [['--people', '11:Ada,11:Ben'], 'each with an id of their own'],
  [['--flood', 'much'], '--flood: expected real, off, or a whole number'],
  [['--app-engine-only', '--privacy'], "'--app-engine-only' cannot be used with option '--privacy'"],
])('sluice sandbox %j is refused with a sentence', async (args, words) => {
  const child = spawn(process.execPath, [`${PACKAGE}/dist/cli.js`, 'sandbox', ...args], {
    cwd: temporaryFolder(),
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(said).toContain(words);
});
