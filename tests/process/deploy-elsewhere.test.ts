import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBotPlace, readConfig } from '../../src/config.ts';
import { assembleTeam, BEN, type Team } from '../story/team.ts';
import { type Process, sluice, tempFolder } from './sluice.ts';

const TOKEN = 'correct-horse-battery-staple-correct-horse';
const WRONG = 'incorrect-horse-battery-staple-incorrect-horse';

let team: Team;
let cwd: string;
let logged = '';

beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => (logged += line) });
  const control = { host: '127.0.0.1', port: 0, token: TOKEN };
  team = await assembleTeam(240, { checklist: [] }, { control, log });
  cwd = await tempFolder();
});
afterAll(() => team.close());

function deploy(args: string[], token = TOKEN, url = team.door ?? ''): Process {
  return sluice(['deploy', ...args], cwd, { SLUICE_CONTROL_URL: url, SLUICE_CONTROL_TOKEN: token });
}

function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...init.headers };
  return fetch(`${team.door}${path}`, { ...init, headers });
}

test('a release is begun and followed over the network, in the name that was given', async () => {
  const running = deploy(['--version=v2', '--as=ci: deploy']);
  await running.line(/default: pipeline \(ci: deploy\) began the release of v2, from /);
  await running.line(/Promote v2 to 10 %/);
  await team.send(BEN, '/cancel');
  expect(await running.ended()).toBe(1);
  expect(running.out()).toMatch(/Cancelled\. No traffic was moved by it\.\n$/);
});

test('a wrong token is turned away and logged, and neither token is in any log or answer', async () => {
  const running = deploy(['--version=v3'], WRONG);
  expect(await running.ended()).toBe(1);
  expect(running.out()).toBe('');
  expect(running.err()).toBe(
    'The token is wrong: SLUICE_CONTROL_TOKEN must be the same here as where the bot runs.\n',
  );
  for (const authorization of [
    '',
    TOKEN,
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
  ]) {
    expect(
      (await ask('/v1/rollouts', { method: 'POST', body: '{}', headers: { authorization } })).status,
    ).toBe(401);
  }
  expect((await ask('/elsewhere', { headers: { authorization: `Bearer ${WRONG}` } })).status).toBe(401);
  expect(logged).toContain('refused: a pipeline without the right SLUICE_CONTROL_TOKEN');
  expect(logged).not.toMatch(new RegExp(`${TOKEN}|${WRONG}`));
});

test.each([
  ['{', /JSON/],
  ['{}', /"key"/],
  ['{"key":"k","as":"me","version":7}', /^The version should be an id/],
  ['{"key":"k","as":"me","surprise":true}', /surprise/],
  ['{"key":"","as":"me"}', /^The key of a release should be one line/],
  [`{"key":"k","as":"${'a'.repeat(101)}"}`, /^The name of whoever releases should be one line/],
  ['{"key":"k","as":"me","existing":true}', /name it with --version=ID/],
])('an order that is none, %s, is refused with a sentence', async (body, words) => {
  const reply = await ask('/v1/rollouts', { method: 'POST', body });
  expect(reply.status).toBe(400);
  expect(((await reply.json()) as { refused: string }).refused).toMatch(words);
});

test('an order beyond all measure is not read', async () => {
  const body = JSON.stringify({ key: 'k'.repeat(100_000), as: 'me' });
  expect((await ask('/v1/rollouts', { method: 'POST', body })).status).toBe(413);
});

test('what is not there is said', async () => {
  const reply = await ask('/v1/rollouts/nothing/progress');
  expect([reply.status, await reply.json()]).toEqual([404, { refused: 'No rollout nothing is known here.' }]);
  expect((await ask('/v1/rollouts/..%2f..%2fteam/progress')).status).toBe(404);
  expect((await ask('/v1/rollouts/nothing/progress?after=-1')).status).toBe(400);
  expect((await ask('/v2/rollouts')).status).toBe(404);
});

test('on this machine only the owner of the data folder gets in', async () => {
  const { mode } = await stat(join(team.dataDir, 'control.sock'));
  expect(mode & 0o777).toBe(0o600);
});

test('a bot whose port is taken says so, and works on', async () => {
  let said = '';
  const log = pino({ level: 'trace' }, { write: (line: string) => (said += line) });
  const control = { host: '127.0.0.1', port: Number(new URL(team.door ?? '').port), token: TOKEN };
  const other = await assembleTeam(240, { checklist: [] }, { control, log });
  try {
    expect(other.door).toBeUndefined();
    expect(said).toMatch(/EADDRINUSE.*failed: the door for pipelines at 127\.0\.0\.1, port \d+/);
    await other.send(BEN, '/status');
    await other.waitFor(/No rollout so far/);
  } finally {
    await other.close();
  }
});

test('something else at the address is not taken for the bot', async () => {
  const page = team.sandbox.telegram?.url ?? '';
  const running = deploy([], TOKEN, page);
  expect(await running.ended()).toBe(1);
  expect(running.err()).toMatch(
    /^Expected an answer of Sluice's, but came: .*Does SLUICE_CONTROL_URL name the bot/,
  );
});

test('the settings are checked before anything is opened or sent', async () => {
  const short = { SLUICE_CONTROL_PORT: '8443', SLUICE_CONTROL_TOKEN: 'hunter2' };
  expect(() => readConfig(short, '/nowhere')).toThrow(
    /^SLUICE_CONTROL_TOKEN should be a secret of at least 32 characters.*, but is something else\.$/,
  );
  expect(() => readConfig({ SLUICE_CONTROL_PORT: '8443' }, '/nowhere')).toThrow(
    /^SLUICE_CONTROL_PORT lets other machines begin releases, but SLUICE_CONTROL_TOKEN is not set/,
  );
  const door = { SLUICE_CONTROL_PORT: '8443', SLUICE_CONTROL_TOKEN: TOKEN };
  expect(readConfig(door, '/nowhere').control).toEqual({ host: '127.0.0.1', port: 8443, token: TOKEN });
  expect(() => readBotPlace({ SLUICE_CONTROL_URL: 'https://sluice.example.com' }, '/nowhere')).toThrow(
    /^SLUICE_CONTROL_URL names a bot elsewhere, but SLUICE_CONTROL_TOKEN is not set/,
  );
  const bare = { SLUICE_CONTROL_URL: 'http://sluice.example.com', SLUICE_CONTROL_TOKEN: TOKEN };
  expect(() => readBotPlace(bare, '/nowhere')).toThrow(
    /^SLUICE_CONTROL_URL should be an address such as https/,
  );
});
