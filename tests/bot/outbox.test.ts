import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { createOutbox, type Outbox, type Post } from '../../src/bot/outbox.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { startTelegram } from '../../src/sandbox/telegram/index.ts';
import { openFileStore } from '../../src/store/file-store.ts';

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:outbox-test-token';

let telegram: Awaited<ReturnType<typeof startTelegram>>;
let folder: string;
let outbox: Outbox;
let failures: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-outbox-'));
  telegram = await startTelegram({
    dataDir: join(folder, 'telegram'),
    clock: new SandboxClock(1),
    port: 0,
    token: TOKEN,
    bot: { id: 7_000_000_001, firstName: 'Sluice', username: 'sluice_bot' },
    chat: { id: GROUP, title: 'Team' },
    people: [{ id: 1, firstName: 'Ada', username: 'ada', roles: [] }],
    flood: 'off',
    info: () => ({}),
    log: () => {},
  });
  outbox = open();
});

afterEach(async () => {
  await outbox.stop();
  await telegram.close();
});

function open(): Outbox {
  failures = [];
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  return createOutbox(api, openFileStore(folder), (what, error) => failures.push(`${what}: ${error}`));
}

function post(html: string, change: Partial<Post> = {}): Post {
  return { key: 'card', view: { html }, loud: true, fresh: true, ...change };
}

async function show(...posts: Post[]): Promise<void> {
  outbox.show('abc', { id: GROUP }, () => posts);
  await outbox.idle();
}

async function texts(): Promise<(string | undefined)[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${GROUP}`);
  const { messages } = (await reply.json()) as { messages: { text?: string; caption?: string }[] };
  return messages.map((message) => message.text ?? message.caption);
}

async function calls(): Promise<string[]> {
  const reply = await fetch(`${telegram.url}/_control/calls?after=0`);
  const { calls } = (await reply.json()) as { calls: { method: string }[] };
  return calls.map((call) => call.method);
}

const fail = (fault: object) =>
  fetch(`${telegram.url}/_control/fail`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });

test('the same post is sent once and edited after, also by the next process', async () => {
  await show(post('one'));
  await show(post('one'));
  await show(post('two'));
  await outbox.stop();
  outbox = open();
  await show(post('two'));
  await show(post('three'));
  expect(await texts()).toEqual(['three']);
  expect(await calls()).toEqual(['sendMessage', 'editMessageText', 'editMessageText']);
});

test('a flood limit is waited out', async () => {
  await fail({ method: 'sendMessage', times: 1, error_code: 429, retry_after: 1 });
  await show(post('hello'));
  expect(await texts()).toEqual(['hello']);
  expect(failures).toEqual([]);
});

test('a message that somebody deleted is posted anew while it matters', async () => {
  await show(post('one'));
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  await api.deleteMessage(GROUP, 1);
  await show(post('two'));
  expect(await texts()).toEqual(['two']);
});

test('what only mattered earlier is not sent late', async () => {
  await show(post('missed', { key: 'old', fresh: false }), post('now'));
  expect(await texts()).toEqual(['now']);
});

test('a refused picture does not keep the words back', async () => {
  await show(post('a question', { picture: async () => Buffer.from('no picture at all') }));
  expect(await texts()).toEqual(['a question']);
  expect(failures).toEqual([expect.stringContaining('a picture: ')]);
});

test('text of people cannot become markup', async () => {
  const { html } = await import('../../src/bot/html.ts');
  await show(post(html`<b>${'<i>&"Tom" </i>'}</b>`.text));
  expect(await texts()).toEqual(['<i>&"Tom" </i>']);
});
