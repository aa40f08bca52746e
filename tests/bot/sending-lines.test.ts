import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { createOutbox, type Outbox, type Post } from '../../src/bot/outbox.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { until } from '../process/sluice.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';
import { hitsOf, orderFault } from './order-fault.ts';

// Who goes first where Telegram holds a chat back, and what becomes of posts where it does not let the bot in.

const GROUP = -1_001_234_567_890;
const MOVED = -1_009_876_543_210;
const ADA = 1;
const TOKEN = '7000000001:lines-test-token';

let telegram: LocalTelegram;
let folder: string;
let outbox: Outbox;
let failures: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lines-'));
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people: { [ADA]: 'Ada' } });
  failures = [];
  outbox = createOutbox(api(), openFileStore(folder), (what, error) => failures.push(`${what}: ${error}`));
});

afterEach(async () => {
  await outbox.stop();
  await telegram.close();
  await rm(folder, { recursive: true, force: true });
});

function api() {
  return connectTelegram({ token: TOKEN, apiRoot: telegram.url }).api;
}

function post(key: string, html: string, change: Partial<Post> = {}): Post {
  return { key, view: { html }, loud: true, fresh: true, ...change };
}

async function texts(): Promise<(string | undefined)[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${GROUP}`);
  return ((await reply.json()) as { messages: { text?: string }[] }).messages.map(({ text }) => text);
}

async function control(path: string, body: object): Promise<void> {
  const reply = await fetch(`${telegram.url}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(await reply.json()).toMatchObject({ ok: true });
}

test('while Telegram holds the chat back, a question overtakes the cards that wait', async () => {
  const connection = api();
  const busy = createOutbox(connection, openFileStore(folder), (what, error) =>
    failures.push(`${what}: ${error}`),
  );
  const show = (owner: string, one: Post) => busy.show(owner, { id: GROUP }, () => [one]);
  const rule = await orderFault(telegram.url, 'sendMessage', { kind: 'status', code: 429, retry_after: 2 });
  show('a', post('card', 'first card', { loud: false }));
  show('b', post('card', 'second card', { loud: false }));
  show('c', post('card', 'third card', { loud: false }));
  await until(async () => ((await hitsOf(telegram.url, rule)) === 1 ? true : undefined));
  const talk = connection.sendMessage(GROUP, 'a reply');
  show('d', post('q', 'Promote?'));
  await busy.idle();
  await talk;
  await busy.stop();
  expect((await texts())[0]).toBe('Promote?');
  expect((await texts())[1]).toBe('a reply');
  expect((await texts()).toSorted()).toEqual([
    'Promote?',
    'a reply',
    'first card',
    'second card',
    'third card',
  ]);
  expect(failures).toEqual([]);
});

test('one chat that is held back does not hold up another', async () => {
  const connection = api();
  await control('_user/send', { chat_id: ADA, user_id: ADA, text: '/start' });
  await orderFault(telegram.url, 'sendMessage', { kind: 'status', code: 429, retry_after: 60 });
  const off = new AbortController();
  const held = connection.sendMessage(GROUP, 'held back', {}, off.signal as never);
  const heldEnd = held.catch((error: Error) => error.message);
  await connection.sendMessage(ADA, 'at once');
  expect(await texts()).toEqual([]);
  // Nobody wants it any more: the wait ends with it.
  off.abort(new Error('called off'));
  expect(await heldEnd).toMatch(/called off/);
});

test('what belongs to a closed or deleted topic stands in the group, and says so', async () => {
  await control('_user/send', { chat_id: GROUP, user_id: ADA, text: 'about v2', message_thread_id: 7 });
  const show = async (...posts: Post[]) => {
    outbox.show('abc', { id: GROUP, topic: 7 }, () => posts);
    await outbox.idle();
  };
  await show(post('card', '<b>the card</b>'));
  await control('_control/topic', { thread: 7, is: 'closed' });
  await show(post('card', '<b>the card</b>'), post('q', 'Promote?'));
  expect((await texts()).at(-1)).toMatch(
    /^Promote\?\nThe topic that this belongs to is closed or gone, so it stands here\.$/,
  );
  await control('_control/topic', { thread: 7, is: 'deleted' });
  await show(post('card', 'the card, changed'), post('q', 'Promote?'));
  expect(await texts()).toEqual([
    expect.stringMatching(/^Promote\?/),
    expect.stringMatching(/^the card, changed\nThe topic/),
  ]);
  expect(failures).toEqual([]);
});

test('whoever finds the card gone looks after the question too, which nobody has changed', async () => {
  await control('_user/send', { chat_id: GROUP, user_id: ADA, text: 'about v2', message_thread_id: 7 });
  const show = async (...posts: Post[]) => {
    outbox.show('abc', { id: GROUP, topic: 7 }, () => posts);
    await outbox.idle();
  };
  const over = post('over', 'It is over.', { fresh: false });
  await show(post('card', 'the card'), post('q', 'Promote?'), post('over', 'It is over.'));
  await control('_control/topic', { thread: 7, is: 'deleted' });
  await show(post('card', 'the card, changed'), post('q', 'Promote?'), over);
  expect(await texts()).toEqual([
    expect.stringMatching(/^the card, changed\nThe topic/),
    expect.stringMatching(/^Promote\?\nThe topic/),
  ]);
  // They are edited from here on, and what still stands is left where it is.
  await show(post('card', 'the card, changed again'), post('q', 'Promote? Ben: yes'), over);
  expect(await texts()).toEqual(['the card, changed again', 'Promote? Ben: yes']);
  expect(failures).toEqual([]);
});

test('a bot that was thrown out says what stands once it is back, and complains once meanwhile', async () => {
  const show = async (...posts: Post[]) => {
    outbox.show('abc', { id: GROUP }, () => posts);
    await outbox.idle();
  };
  await show(post('card', 'the card'));
  await control('_control/membership', { status: 'kicked' });
  await show(post('card', 'the card, changed'));
  await show(post('card', 'changed again'), post('q', 'Promote?'));
  await show(post('card', 'changed again'), post('q', 'Promote?', { fresh: false }), post('r', 'Roll back?'));
  expect(failures).toHaveLength(1);
  await control('_control/membership', { status: 'restricted' });
  outbox.resume();
  await outbox.idle();
  await control('_control/membership', { status: 'member' });
  outbox.resume();
  await outbox.idle();
  expect(await texts()).toEqual(['changed again', 'Roll back?']);
  expect(failures).toHaveLength(1);
});

test('a group that became a supergroup is written to under its new number, by the next process too', async () => {
  const { createMoves, openMoves } = await import('../../src/bot/moves.ts');
  const store = openFileStore(folder);
  const open = async () => {
    const moves = await openMoves(store);
    const connection = connectTelegram({ token: TOKEN, apiRoot: telegram.url }, moves);
    return createOutbox(
      connection.api,
      store,
      (what, error) => failures.push(`${what}: ${error}`),
      moves.follow,
    );
  };
  let moving = await open();
  const show = async (...posts: Post[]) => {
    moving.show('abc', { id: GROUP }, () => posts);
    await moving.idle();
  };
  await show(post('card', 'the card'), post('old', 'long over', { fresh: false }));
  await control('_control/migrate', { to: MOVED });
  await show(post('card', 'the card'), post('q', 'Promote?'));
  await moving.stop();
  moving = await open();
  await show(post('card', 'the card, changed'), post('q', 'Promote?'));
  await moving.stop();
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${MOVED}`);
  const { messages } = (await reply.json()) as { messages: { text?: string }[] };
  expect(messages.flatMap(({ text }) => text ?? []).toSorted()).toEqual(['Promote?', 'the card, changed']);
  expect(failures).toEqual([]);
  // Two numbers that name each other end the search, too.
  const circle = createMoves([
    [-1, -2],
    [-2, -1],
  ]);
  expect([-1, -2]).toContain(circle.follow(-1));
});
