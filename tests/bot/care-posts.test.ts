import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { createOutbox, type Outbox } from '../../src/bot/outbox.ts';
import { createPublisher, type Publisher } from '../../src/bot/publisher.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { CareWorld, ERRORS, HOUR, off, round } from '../rollout/care-world.ts';
import { ADA, DAY, DRAFT, MINUTE, START } from '../rollout/world.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';
import { orderFault } from './order-fault.ts';

const GROUP = DRAFT.chat.id;
const TOKEN = '7000000001:care-test-token';
const LOOK = /Hourly look \d/;
const HOURLY = round('Hourly', 'hour', { checks: [ERRORS], tasks: ['Look at the log'] });

let telegram: LocalTelegram;
let folder: string;
let outbox: Outbox;
let publisher: Publisher;
let world: CareWorld;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-care-'));
  const people = { 1: 'Ada' };
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people });
  world = new CareWorld({ rounds: [HOURLY] });
  open();
});

afterEach(async () => {
  await outbox.stop();
  await telegram.close();
  await rm(folder, { recursive: true, force: true });
});

/** A process begins: what it knows is in the store. */
function open(): void {
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  outbox = createOutbox(api, openFileStore(folder), () => {});
  const clock = { now: () => world.now, sleep: () => Promise.reject(new Error('Nothing sleeps here.')) };
  const team = { members: () => [] };
  const audit = () => ({ head: '' });
  publisher = createPublisher(outbox, team, { bar: () => undefined }, clock, async () => undefined, audit);
}

async function restart(): Promise<void> {
  await outbox.stop();
  open();
}

async function publish(): Promise<void> {
  publisher.publish(world.rollout);
  await outbox.idle();
}

interface Shown {
  readonly text?: string;
  readonly reply_markup?: { readonly inline_keyboard?: readonly (readonly { text: string }[])[] };
}

async function looks(): Promise<Shown[]> {
  return (await messages()).filter(({ text = '' }) => LOOK.test(text));
}

async function messages(): Promise<Shown[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${GROUP}`);
  return ((await reply.json()) as { messages: Shown[] }).messages;
}

function buttonsOf({ reply_markup }: Shown): string[] {
  return reply_markup?.inline_keyboard?.flat().map(({ text }) => text) ?? [];
}

interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
}

async function sends(): Promise<Call[]> {
  const reply = await fetch(`${telegram.url}/_control/calls?after=0`);
  const { calls } = (await reply.json()) as { calls: Call[] };
  return calls.filter(({ method, params }) => method === 'sendMessage' && LOOK.test(params.text ?? ''));
}

test('a look is one message, however often it is published and whoever starts anew', async () => {
  world.pass(HOUR + 10 * MINUTE);
  await publish();
  await publish();
  await restart();
  await publish();
  world.act({ type: 'task', round: 0, due: START + HOUR, task: 0, answer: 'done' }, ADA);
  await publish();
  expect(await sends()).toHaveLength(1);
  const [look] = await looks();
  expect(look?.text).toContain('✅ 1. Look at the log Ada');
});

test('whoever dies between record and message tells it when back', async () => {
  world.pass(HOUR + 10 * MINUTE);
  await orderFault(telegram.url, 'sendMessage', { kind: 'status', code: 500 });
  await publish();
  expect(await looks()).toHaveLength(0);
  await restart();
  world.now += 5 * HOUR;
  await publish();
  expect(await looks()).toHaveLength(1);
});

test('a restart long after does not tell of looks that nobody was told of then, only of what is open', async () => {
  world.pass(6 * HOUR + 10 * MINUTE);
  world.now += 3 * DAY;
  await publish();
  expect((await looks()).map(({ text }) => text?.split('\n')[0])).toEqual(['✅ Hourly look 6 · default v2']);
});

test('the phone rings for what is off, and for nothing else', async () => {
  world.pass(HOUR + 10 * MINUTE);
  await publish();
  world.find = ({ name }) => off(name);
  world.pass(HOUR);
  await publish();
  const [quiet, loud] = await sends();
  expect(quiet?.params.disable_notification).toBe('true');
  expect(loud?.params.disable_notification).not.toBe('true');
});

test('once a newer release took over no button is left', async () => {
  world.find = ({ name }) => off(name);
  world.pass(HOUR + 10 * MINUTE);
  await publish();
  expect((await looks()).map(buttonsOf)).toEqual([['Done', 'Later', 'Note…', 'Roll back…']]);
  world.record({ type: 'closed' });
  publisher.publish(world.rollout);
  await expect.poll(async () => (await messages()).flatMap(buttonsOf)).toEqual([]);
});
