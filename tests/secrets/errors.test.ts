import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sluice, tempFolder, until } from '../process/sluice.ts';
import {
  CONTROL_TOKEN,
  contents,
  ECHO,
  expectNone,
  HEARTBEAT_PATH,
  KEY_FILE,
  runToEnd,
  TOKEN,
} from './canaries.ts';

/** Answers everything so, with what no server should say in the body, the reason and a header. */
async function echo(status: number, wrap: (words: string) => string): Promise<string> {
  const server = createServer((_, reply) => {
    reply
      .writeHead(status, { 'content-type': 'application/json', 'x-echo': encodeURI(ECHO) })
      .end(wrap(ECHO));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const telegramError = (code: number) => (description: string) =>
  JSON.stringify({ ok: false, error_code: code, description });
const googleError = (code: number, status: string) => (message: string) =>
  JSON.stringify({ error: { code, status, message, details: [{ '@type': 'x', detail: message }] } });

function googleAt(url: string): Record<string, string> {
  const apis = ['APPENGINE', 'MONITORING', 'LOGGING', 'CLOUDSCHEDULER', 'CLOUDRESOURCEMANAGER', 'IAM'];
  return {
    GOOGLE_CLOUD_PROJECT: 'demo-project',
    ...Object.fromEntries(apis.map((api) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api}`, `${url}/`])),
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${url}/storage/v1/`,
  };
}

/** A bot that holds every kind of secret, in this folder. */
async function secretsIn(folder: string): Promise<Record<string, string>> {
  const key = join(folder, 'key.json');
  await writeFile(key, KEY_FILE);
  return { ...SECRETS, GOOGLE_APPLICATION_CREDENTIALS: key };
}

const SECRETS = {
  TELEGRAM_BOT_TOKEN: TOKEN,
  SLUICE_HEARTBEAT_URL: `http://127.0.0.1:1${HEARTBEAT_PATH}`,
  SLUICE_CONTROL_TOKEN: CONTROL_TOKEN,
  SLUICE_CONTROL_PORT: '0',
};

test('values that are wrong are not repeated when they are secrets, nor passwords in addresses', async () => {
  const { code, text } = await runToEnd(['start'], await tempFolder(), {
    TELEGRAM_BOT_TOKEN: `${TOKEN} and more`,
    SLUICE_CONTROL_TOKEN: 'canary-control-token-0123456789abcdef0123456789 \u00e4',
    SLUICE_HEARTBEAT_URL: `ftp://example.com${HEARTBEAT_PATH}`,
    TELEGRAM_API_ROOT: 'ftp://ada:canary-password-in-an-address@example.com',
    SLUICE_COMMAND_ENV: 'TELEGRAM_BOT_TOKEN',
    SLUICE_UNREACHABLE_AFTER: 'soon',
  });
  expect(code).toBe(1);
  expect(text.trim().split('\n').toSorted()).toEqual([
    'SLUICE_COMMAND_ENV should be names of the team\'s own variables, and TELEGRAM_BOT_TOKEN, SLUICE_CONTROL_TOKEN, SLUICE_HEARTBEAT_URL are Sluice\'s, but is "TELEGRAM_BOT_TOKEN".',
    'SLUICE_CONTROL_TOKEN should be a secret of at least 32 characters without spaces, such as `openssl rand -hex 32` prints, but is something else.',
    'SLUICE_HEARTBEAT_URL should be an address such as https://host/, or http:// for this machine alone, but is something else.',
    'SLUICE_UNREACHABLE_AFTER should be a duration such as 5m, from 1m to 24h, but is "soon".',
    'TELEGRAM_API_ROOT should be an address such as https://host/, or http:// for this machine alone, but is "ftp://***@example.com".',
    'TELEGRAM_BOT_TOKEN should be the token that @BotFather gave you, such as 123456:ABC…, but is something else.',
  ]);
});

test.each([
  [401, /does not know this token/],
  [404, /404/],
  [400, /400/],
])('a Telegram that refuses with %i and echoes', async (status, words) => {
  const folder = await tempFolder();
  const root = await echo(status, telegramError(status));
  const google = googleAt(await echo(503, googleError(503, 'UNAVAILABLE')));
  const { code, text } = await runToEnd(['run'], folder, {
    ...(await secretsIn(folder)),
    ...google,
    TELEGRAM_API_ROOT: root,
  });
  expect(code).toBe(1);
  expect(text).toMatch(words);
  expectNone('the data folder', await contents(folder, ['key.json']));
});

test.each([
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
])('the doctor, where Google and Telegram answer %i and echo', async (status, word) => {
  const google = googleAt(await echo(status, googleError(status, word)));
  const TELEGRAM_API_ROOT = await echo(status, telegramError(status));
  const folder = await tempFolder();
  const { code, text } = await runToEnd(['doctor'], folder, {
    ...(await secretsIn(folder)),
    ...google,
    TELEGRAM_API_ROOT,
  });
  expect(code).toBe(1);
  expect(text).toMatch(/✗ (Project|Services|Credentials|Permissions)/);
});

test('the doctor with a key file, of which only the account is told', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'key.json'), KEY_FILE);
  await writeFile(
    join(folder, '.env'),
    'GOOGLE_APPLICATION_CREDENTIALS=key.json\nGOOGLE_CLOUD_PROJECT=demo-project\n',
  );
  // No network is asked: the proxy that all requests would take is not there.
  const { text } = await runToEnd(['doctor'], folder, { HTTPS_PROXY: 'http://127.0.0.1:1' });
  expect(text).toMatch(/✗ Credentials/);
  expect(text).not.toMatch(/Could not load the default credentials/);
});

test('a key file that is not there is refused with its path', async () => {
  const { code, text } = await runToEnd(['run'], await tempFolder(), {
    TELEGRAM_BOT_TOKEN: TOKEN,
    GOOGLE_CLOUD_PROJECT: 'demo-project',
    GOOGLE_APPLICATION_CREDENTIALS: 'nowhere/key.json',
  });
  expect(code).toBe(1);
  expect(text).toMatch(
    /^GOOGLE_APPLICATION_CREDENTIALS should be the path of a key file, but there is no file \/.*nowhere\/key\.json/,
  );
});

test('a plan with a password in the address of its repository', async () => {
  const folder = await tempFolder();
  const plan =
    'services:\n  default:\n    repository: https://ada:canary-password-in-an-address@git.example.com/x.git\n';
  await writeFile(join(folder, 'sluice.yaml'), plan);
  const { code, text } = await runToEnd(['plan', 'check'], folder, {});
  expect(code).toBe(1);
  expect(text).toMatch(/services\.default\.repository/);
});

test('a Telegram that is out of reach, of which the log tells once', async () => {
  const folder = await tempFolder();
  const google = googleAt(await echo(503, googleError(503, 'UNAVAILABLE')));
  const env = { ...(await secretsIn(folder)), ...google, TELEGRAM_API_ROOT: 'http://127.0.0.1:1' };
  const process = sluice(['run'], folder, { ...env, LOG_LEVEL: 'trace' });
  await until(() => (/Telegram is out of reach/.test(process.err()) ? true : undefined), 90_000);
  process.child.kill('SIGTERM');
  expect(await process.ended()).toBe(0);
  expect(process.err().match(/Telegram is out of reach/g)).toHaveLength(1);
  expectNone('the terminal', process.out() + process.err());
}, 120_000);

test('a pipeline whose bot is not there, or echoes', async () => {
  const order = ['deploy', '--version=v2', '--no-wait'];
  // Of all secrets it has this one only.
  const only = () => JSON.stringify({ refused: `not with ${CONTROL_TOKEN}` });
  for (const url of [await echo(401, only), await echo(500, only), await echo(200, () => CONTROL_TOKEN)]) {
    const env = { SLUICE_CONTROL_URL: url, SLUICE_CONTROL_TOKEN: CONTROL_TOKEN };
    const { code } = await runToEnd(order, await tempFolder(), env);
    expect(code).toBe(1);
  }
});

test('a crash by an error that holds a token, in its words, its properties and its cause', async () => {
  const folder = await tempFolder();
  const bomb = join(folder, 'bomb.mjs');
  await writeFile(
    bomb,
    `import { existsSync } from 'node:fs';
    const token = ${JSON.stringify(TOKEN)};
    // Once the bot has begun.
    const waiting = setInterval(() => {
      if (!existsSync('data/rollouts')) return;
      clearInterval(waiting);
      const cause = Object.assign(new Error('request to https://api.telegram.org/bot' + token + '/x failed'), { token });
      Promise.reject(Object.assign(new Error('all is lost: ' + token, { cause }), { payload: { token } }));
    }, 50);`,
  );
  const google = googleAt(await echo(503, googleError(503, 'UNAVAILABLE')));
  const reports = {
    NODE_OPTIONS: `--import=file://${bomb} --report-uncaught-exception --report-directory=${folder}`,
  };
  const { code, text } = await runToEnd(['run'], folder, {
    ...SECRETS,
    ...google,
    ...reports,
    TELEGRAM_API_ROOT: await echo(500, telegramError(500)),
  });
  expect(code).toBe(1);
  expect(text).toMatch(/Sluice failed at something that it does not know: Error: all is lost: \*\*\*/);
  expect(text).toMatch(/Caused by Error: request to https:\/\/api\.telegram\.org\/bot\*\*\*\/x failed/);
  expectNone('the folder', await contents(folder, ['bomb.mjs']));
});
