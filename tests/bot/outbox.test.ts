import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { createMoves } from '../../src/bot/moves.ts';
import { createOutbox, type Outbox, type Post } from '../../src/bot/outbox.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { scriptedServer } from '../deploy/scripted-server.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';
import { orderFault } from './order-fault.ts';

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:outbox-test-token';

let telegram: LocalTelegram;
let folder: string;
let outbox: Outbox;
let failures: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-outbox-'));
  const people = { 1: 'Ada' };
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people });
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
  await orderFault(telegram.url, 'sendMessage', { kind: 'status', code: 429, retry_after: 1 });
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

test('a post that is wanted again stands at the end, and only there', async () => {
  await show(post('the list'), post('talk', { key: 'talk' }));
  outbox.again('abc', 'card');
  await outbox.idle();
  expect(await texts()).toEqual(['talk', 'the list']);
  await show(post('the list, ticked'), post('talk', { key: 'talk' }));
  expect(await texts()).toEqual(['talk', 'the list, ticked']);
});

test('the last word is said, although it comes right after another one', async () => {
  await show(post('one', { loud: false }));
  await show(post('two', { loud: false }));
  outbox.show('abc', { id: GROUP }, () => [post('the last', { loud: false })]);
  outbox.finish('abc');
  await outbox.idle();
  expect(await texts()).toEqual(['the last']);
});

test('a group that has become another one is followed: what matters is posted there, and edited there', async () => {
  const [OLD, NEW] = [-100, -1_009];
  let before = true;
  let sent = 0;
  const { url, seen } = await scriptedServer(({ body }) => {
    const call = JSON.parse(body) as { chat_id: number };
    if (call.chat_id === OLD && !before)
      return {
        status: 400,
        json: {
          ok: false,
          error_code: 400,
          description: 'Bad Request: group chat was upgraded to a supergroup chat',
          parameters: { migrate_to_chat_id: NEW },
        },
      };
    const message = {
      message_id: ++sent,
      date: 0,
      chat: { id: call.chat_id, type: 'supergroup', title: 'T' },
    };
    return { json: { ok: true, result: message } };
  });
  const moves = createMoves();
  const { api } = connectTelegram({ token: TOKEN, apiRoot: url }, moves);
  const note = (what: string, error: unknown) => failures.push(`${what}: ${error}`);
  const away = createOutbox(api, openFileStore(join(folder, 'away')), note, moves.follow);
  const told = async (html: string) => {
    away.show('abc', { id: OLD }, () => [post(html)]);
    await away.idle();
  };
  await told('one');
  before = false;
  await told('two');
  await told('three');
  await away.stop();
  expect(failures).toEqual([]);
  expect(seen.map(({ url: path, body }) => [path.split('/').at(-1), JSON.parse(body).chat_id])).toEqual([
    ['sendMessage', OLD],
    ['editMessageText', OLD],
    ['sendMessage', NEW],
    ['editMessageText', NEW],
  ]);
});
