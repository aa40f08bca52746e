import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { localEndpoints, localPeople } from '../../src/local.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { copySteady } from '../deploy/steady-app.ts';
import { sluice, tempFolder, until } from '../process/sluice.ts';
import { CONTROL_TOKEN, contents, expectNone, HEARTBEAT_PATH, KEY_FILE, runToEnd } from './canaries.ts';

const PATIENCE_MS = 60_000;

/** A heartbeat's other end that is out of order. */
async function startBrokenListener(): Promise<string> {
  const server = createServer((request, reply) => void reply.writeHead(500).end(request.url));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${HEARTBEAT_PATH}`;
}

const PLAN = `
services:
  default: { source: app, verify: [] }
checklist:
  - title: Only one
    items:
      - { text: Says all that it knows, run: 'env > ../env.txt; cat ../.env; tr "\\\\0" " " < /proc/$PPID/cmdline > ../ps.txt; exit 3', shell: true }
      - { text: Says all that it knows plainly, run: env }
validation: { checks: [service] }
`;

test('a whole story in which everybody tells secrets: commands, Google, Telegram, the heartbeat, a pipeline', async () => {
  const cwd = await tempFolder();
  await mkdir(join(cwd, 'sandbox'));
  await copySteady(join(cwd, 'app'));
  const people = localPeople([]).map(({ id, name, roles }) => ({
    id,
    firstName: name,
    username: name,
    roles,
  }));
  const parts = { telegram: true, appEngine: true };
  const sandbox = await startSandbox({
    dataDir: join(cwd, 'sandbox'),
    port: 0,
    speed: 240,
    people,
    app: join(cwd, 'app'),
    parts,
    log: () => {},
  });
  onTestFinished(() => sandbox.close());
  const { telegram, appEngine } = sandbox;
  if (!telegram || !appEngine) throw new Error('The sandbox started without its parts.');
  const { token } = telegram;
  const own = [token, encodeURIComponent(token)];
  const told = `it is ${token}, ${CONTROL_TOKEN}, ${HEARTBEAT_PATH} and Bearer ${CONTROL_TOKEN}`;

  await writeFile(join(cwd, 'sluice.yaml'), PLAN);
  await writeFile(join(cwd, 'key.json'), KEY_FILE);
  await writeFile(
    join(cwd, '.env'),
    [
      `SLUICE_CONTROL_TOKEN=${CONTROL_TOKEN}`,
      `SLUICE_HEARTBEAT_URL=${await startBrokenListener()}`,
      'GOOGLE_APPLICATION_CREDENTIALS=key.json',
      `SAID_BY_A_COMMAND=${token}`,
      '',
    ].join('\n'),
  );
  const endpoints = Object.entries(localEndpoints(appEngine.url)).map(([name, url]) => [
    `CLOUDSDK_API_ENDPOINT_OVERRIDES_${name.toUpperCase()}`,
    url,
  ]);
  const running = sluice(['run'], cwd, {
    ...Object.fromEntries(endpoints),
    GOOGLE_CLOUD_PROJECT: appEngine.project,
    TELEGRAM_BOT_TOKEN: token,
    TELEGRAM_API_ROOT: telegram.url,
    TELEGRAM_CHAT_ID: String(telegram.chat),
    SLUICE_SANDBOX: telegram.url,
    SLUICE_CONTROL_PORT: '0',
    SLUICE_HEALTH_PORT: '0',
    LOG_LEVEL: 'trace',
    NODE_OPTIONS: `--report-on-signal --report-directory=${cwd}`,
    UNLISTED: 'unlisted-variable',
  });
  onTestFinished(() => void running.child.kill('SIGKILL'));
  sandbox.faults.add(
    { match: { path: 'setMyCommands' }, fault: { kind: 'status', code: 400, message: told } },
    'telegram',
  );

  const door = /http:\S+/.exec(await running.line(/Pipelines elsewhere/))?.[0] ?? '';
  const health = /http:\S+(?=\/healthz)/.exec(await running.line(/healthz/))?.[0] ?? '';
  const chat = async () => (await fetch(`${telegram.url}/_user/messages?chat_id=${telegram.chat}`)).text();
  const saysIn = (words: RegExp) =>
    until(async () => (words.test(await chat()) ? true : undefined), PATIENCE_MS);
  const logs = (words: RegExp) => until(() => (words.test(running.err()) ? true : undefined), PATIENCE_MS);

  // A stranger at the pipelines' door, and one who belongs there.
  const wrong = await fetch(`${door}/v1/rollouts`, {
    method: 'POST',
    headers: { authorization: 'Bearer wrong' },
  });
  expect(wrong.status).toBe(401);
  expectNone('the refusal', await wrong.text(), own);
  const order = ['deploy', '--version=v2', '--run-items', '--no-wait'];
  expect((await runToEnd(order, cwd, { SLUICE_DATA_DIR: join(cwd, 'data') })).code).toBe(0);
  await saysIn(/its command failed/);

  // Google repeats what nobody should have told it.
  const broken = {
    match: { path: 'services' },
    fault: { kind: 'status', code: 403, message: told },
  } as const;
  const fault = sandbox.faults.add(broken, 'app-engine');
  const say = (text: string) =>
    fetch(`${telegram.url}/_user/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: telegram.chat, user_id: 1001, text }),
    });
  await say('/traffic');
  await saysIn(/it is \*\*\*, \*\*\*, \*\*\*/);
  sandbox.faults.clear(fault.id);

  await logs(/the heartbeat does not get through: HTTP 500/);
  await logs(/failed: the command menu.*\*\*\*|\*\*\*.*failed: the command menu/);
  const [figures, healthy] = await Promise.all(
    ['metrics', 'healthz'].map(async (path) => (await fetch(`${health}/${path}`)).text()),
  );
  running.child.kill('SIGUSR2');
  const report = await until(async () => {
    const text = await contents(cwd, ['data', 'sandbox', 'app', '.env', 'key.json', 'env.txt', 'ps.txt']);
    return /"environmentVariables"[\s\S]*\}\s*$/.test(text) ? text : undefined;
  }, PATIENCE_MS);
  running.child.kill('SIGTERM');
  expect(await running.ended()).toBe(0);

  const environment = await readFile(join(cwd, 'env.txt'), 'utf8');
  expect(environment).toMatch(/^VERSION=v2$/m);
  expect(environment).toMatch(/^GOOGLE_APPLICATION_CREDENTIALS=\/.*\/key\.json$/m);
  expect(environment).not.toMatch(/unlisted-variable/);
  const journal = await contents(join(cwd, 'data', 'rollouts'));
  expect(journal).toMatch(/SAID_BY_A_COMMAND=\*\*\*/);

  const searched = {
    'standard output': running.out(),
    'the log': running.err(),
    'the data folder': await contents(join(cwd, 'data')),
    'the chat': await chat(),
    'the environment of a command': environment,
    'the arguments of the process': await readFile(join(cwd, 'ps.txt'), 'utf8'),
    'the crash report': report,
    'the figures': figures ?? '',
    'the health': healthy ?? '',
  };
  for (const [where, text] of Object.entries(searched)) {
    expect(text.length, where).toBeGreaterThan(10);
    expectNone(where, text, own);
  }
}, 180_000);
