import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { createOutbox, type Outbox, type Post } from '../../src/bot/outbox.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { type LocalTelegram, startLocalTelegram } from '../bot/local-telegram.ts';
import { orderFault } from '../bot/order-fault.ts';

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:pins-test-token';

let telegram: LocalTelegram;
let folder: string;
let outbox: Outbox;
let failures: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-pins-'));
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people: { 1: 'Ada' } });
  open();
});

afterEach(async () => {
  await outbox.stop();
  await telegram.close();
  await rm(folder, { recursive: true, force: true });
});

function open(): void {
  failures = [];
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  outbox = createOutbox(api, openFileStore(folder), (what, error) => failures.push(`${what}: ${error}`));
}

async function show(html: string, pinned: boolean): Promise<void> {
  const post: Post = { key: 'card', view: { html }, loud: true, fresh: true, pinned };
  outbox.show('abc', { id: GROUP }, () => [post]);
  await outbox.idle();
}

async function pinned(): Promise<string | undefined> {
  const reply = await fetch(`${telegram.url}/bot${TOKEN}/getChat?chat_id=${GROUP}`);
  const { result } = (await reply.json()) as { result: { pinned_message?: { text: string } } };
  return result.pinned_message?.text;
}

async function pinCalls(): Promise<{ method: string; params: Record<string, unknown> }[]> {
  const reply = await fetch(`${telegram.url}/_control/calls?after=0`);
  const { calls } = (await reply.json()) as {
    calls: { method: string; params: Record<string, unknown> }[];
  };
  return calls.filter(({ method }) => /pin/i.test(method));
}

test('the card is at the top of the chat, quietly and asked for once, until the release is over', async () => {
  await show('one', true);
  await show('two', true);
  expect(await pinned()).toBe('two');
  await outbox.stop();
  open();
  await show('three', true);
  expect(await pinned()).toBe('three');
  await show('four', false);
  expect(await pinned()).toBeUndefined();
  expect((await pinCalls()).map(({ method }) => method)).toEqual(['pinChatMessage', 'unpinChatMessage']);
  expect(failures).toEqual([]);
});

test('where the bot may not pin, the card stands all the same, and the log says so once', async () => {
  await orderFault(
    telegram.url,
    'pinChatMessage',
    {
      kind: 'status',
      code: 400,
      message: 'Bad Request: not enough rights to manage pinned messages in the chat',
    },
    {},
  );
  await show('one', true);
  await show('two', true);
  expect(await pinned()).toBeUndefined();
  // Asked again, it would be refused again.
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatch(/^pinning the card: .*not enough rights/);
});
