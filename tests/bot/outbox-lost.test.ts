import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from 'grammy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { createOutbox, type Outbox, type Post } from '../../src/bot/outbox.ts';
import type { Shelf } from '../../src/bot/shelf.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { until } from '../process/sluice.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';
import { clearFaults, hitsOf, orderFault } from './order-fault.ts';

// A send whose answer never came back may have arrived. Whoever sends it once more asks people twice.

const GROUP = -1_001_234_567_890;
const ADA = 1;
const TOKEN = '7000000001:outbox-test-token';
const BUTTONS: NonNullable<Post['view']['buttons']> = [
  [{ text: 'Promote', press: { kind: 'answer', gate: 'abc-1', revision: 1, answer: 'yes' } }],
];

interface Message {
  readonly message_id: number;
  readonly text?: string;
  readonly caption?: string;
}

let telegram: LocalTelegram;
let folder: string;
let outbox: Outbox;
let api: Api;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lost-'));
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people: { [ADA]: 'Ada' } });
  start();
});

afterEach(async () => {
  await outbox.stop();
  await telegram.close();
  await rm(folder, { recursive: true, force: true });
});

/** A process of its own, as far as Telegram and the disk can tell. */
function start(): void {
  ({ api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url }));
  outbox = createOutbox(api, openFileStore(folder), () => {});
}

async function restart(): Promise<void> {
  await outbox.stop();
  start();
}

function post(html: string, change: Partial<Post> = {}): Post {
  return { key: 'q', view: { html, buttons: BUTTONS }, loud: true, fresh: true, ...change };
}

async function show(place: { id: number; topic?: number }, ...posts: Post[]): Promise<void> {
  outbox.show('abc', place, () => posts);
  await outbox.idle();
}

async function messages(): Promise<Message[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${GROUP}`);
  return ((await reply.json()) as { messages: Message[] }).messages;
}

async function texts(): Promise<string[]> {
  return (await messages()).map(({ text, caption }) => text ?? caption ?? '');
}

async function say(text: string, more: object = {}): Promise<void> {
  const reply = await fetch(`${telegram.url}/_user/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: GROUP, user_id: ADA, text, ...more }),
  });
  expect(reply.ok).toBe(true);
}

async function shelf(): Promise<Shelf | undefined> {
  return openFileStore(folder).readDocument<Shelf>('messages/abc');
}

const LOST = { kind: 'lost-answer' } as const;

test('a question whose answer from Telegram was lost is found again by the same process', async () => {
  await api.sendMessage(GROUP, 'Good morning.');
  await orderFault(telegram.url, 'sendMessage', LOST);
  await show({ id: GROUP }, post('Promote?'));
  await until(async () => ((await shelf())?.posts.q ? true : undefined));
  expect(await texts()).toEqual(['Good morning.', 'Promote?']);
  await show({ id: GROUP }, post('Answered.'));
  expect(await texts()).toEqual(['Good morning.', 'Answered.']);
  expect((await shelf())?.sending).toBeUndefined();
});

test('the next process finds it too, past what people have written meanwhile, and whatever it says by now', async () => {
  await api.sendMessage(GROUP, 'Good morning.');
  for (const word of ['one', 'two', 'three']) await say(word);
  await orderFault(telegram.url, 'sendMessage', LOST);
  await show({ id: GROUP }, post('Promote?'));
  await say('Did you see it?');
  await restart();
  await show({ id: GROUP }, post('Promote? For Ben.'));
  expect(await texts()).toEqual([
    'Good morning.',
    'one',
    'two',
    'three',
    'Promote? For Ben.',
    'Did you see it?',
  ]);
});

test('what never came is sent, once, and nothing else is touched', async () => {
  await show({ id: GROUP }, post('The card', { key: 'card' }));
  await orderFault(telegram.url, 'sendMessage', { kind: 'reset' });
  await show({ id: GROUP }, post('The card', { key: 'card' }), post('Promote?'));
  // Said by the same process before it looks: it knows these for its own.
  await api.sendMessage(GROUP, 'A reply with the same buttons');
  await until(async () => ((await shelf())?.posts.q ? true : undefined));
  expect(await texts()).toEqual(['The card', 'A reply with the same buttons', 'Promote?']);
});

test('a server that fails after it took the message asks nobody twice', async () => {
  await api.sendMessage(GROUP, 'Good morning.');
  await orderFault(telegram.url, 'sendMessage', { kind: 'late-truth', code: 502 });
  await show({ id: GROUP }, post('Promote?'));
  await until(async () => ((await shelf())?.posts.q ? true : undefined));
  expect(await texts()).toEqual(['Good morning.', 'Promote?']);
});

test('a picture with its question is found by its caption', async () => {
  const picture = async () => Buffer.from(PIXEL, 'base64');
  await api.sendMessage(GROUP, 'Good morning.');
  await orderFault(telegram.url, 'sendPhoto', LOST);
  await show({ id: GROUP }, post('Promote?', { picture }));
  await restart();
  await show({ id: GROUP }, post('Promote?', { picture }));
  expect(await texts()).toEqual(['Good morning.', 'Promote?']);
  expect((await shelf())?.posts.q).toMatchObject({ form: 'photo' });
});

test('a question in a topic is found in its topic', async () => {
  await say('This is about v2.', { message_thread_id: 7 });
  await api.sendMessage(GROUP, 'Good morning.');
  await orderFault(telegram.url, 'sendMessage', LOST);
  await show({ id: GROUP, topic: 7 }, post('Promote?'));
  await restart();
  await show({ id: GROUP, topic: 7 }, post('Promote?'));
  expect(await texts()).toEqual(['This is about v2.', 'Good morning.', 'Promote?']);
});

test('a post that is sent once more stands once when that answer is lost', async () => {
  await show({ id: GROUP }, post('The list'), post('talk', { key: 'talk' }));
  await orderFault(telegram.url, 'sendMessage', LOST);
  outbox.again('abc', 'q');
  await outbox.idle();
  await restart();
  await show({ id: GROUP }, post('The list'), post('talk', { key: 'talk' }));
  expect(await texts()).toEqual(['talk', 'The list']);
});

test('a wish to see it again that comes while it is on its way is met', async () => {
  await orderFault(telegram.url, 'sendMessage', { kind: 'delay', ms: 500 });
  outbox.show('abc', { id: GROUP }, () => [post('The list'), post('talk', { key: 'talk' })]);
  await until(async () => ((await hitsOf(telegram.url, 1)) === 1 ? true : undefined));
  outbox.again('abc', 'q');
  await outbox.idle();
  expect(await texts()).toEqual(['talk', 'The list']);
});

test('what was posted before sends were noted down is edited, not posted again', async () => {
  await show({ id: GROUP }, post('Promote?'));
  const { posts } = (await shelf()) ?? {};
  await outbox.stop();
  await openFileStore(folder).writeDocument('messages/abc', posts ?? {});
  start();
  await show({ id: GROUP }, post('Answered.'));
  expect(await texts()).toEqual(['Answered.']);
});

test('after a refusal nothing is looked for', async () => {
  await api.sendMessage(GROUP, 'Good morning.');
  await orderFault(telegram.url, 'sendMessage', { kind: 'status', code: 400 });
  await show({ id: GROUP }, post('Promote?'));
  expect((await shelf())?.sending).toBeUndefined();
  await api.sendMessage(GROUP, 'Something else.');
  await show({ id: GROUP }, post('Promote?'));
  expect(await texts()).toEqual(['Good morning.', 'Something else.', 'Promote?']);
});

test('the search waits until Telegram answers again, and asks nobody in between', async () => {
  await api.sendMessage(GROUP, 'Good morning.');
  await orderFault(telegram.url, 'sendMessage', LOST);
  await orderFault(telegram.url, 'editMessageText', { kind: 'status', code: 500 }, {});
  await show({ id: GROUP }, post('Promote?'));
  await restart();
  await show({ id: GROUP }, post('Promote?'));
  expect((await shelf())?.sending).toMatchObject({ key: 'q' });
  await clearFaults(telegram.url);
  await show({ id: GROUP }, post('Promote?'));
  expect(await texts()).toEqual(['Good morning.', 'Promote?']);
});

/** The smallest picture there is. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
