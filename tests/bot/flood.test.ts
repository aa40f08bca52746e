import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAllowance } from '../../src/bot/allowance.ts';
import { createLanes } from '../../src/bot/lanes.ts';
import { createSeenChats } from '../../src/bot/seen.ts';
import { localEndpoints } from '../../src/local.ts';
import { createLog } from '../../src/log.ts';
import { type RunningBot, startBot } from '../../src/main.ts';
import { systemClock } from '../../src/plan/clock.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import { until as untilWithin } from '../process/sluice.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';

// Thousands of updates from people whom nobody knows, and from one who presses without pause.

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:flood-test-token';
const ADA = 1001;
const BEN = 1002;
const STRANGERS = 300;

/** The suite runs beside others, on two processors. */
const until = <T>(look: () => Promise<T | undefined>) => untilWithin(look, 90_000);

interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
}

let folder: string;
let telegram: LocalTelegram;
let bot: RunningBot;
let stopped: Promise<void> | undefined;

beforeEach(async () => {
  stopped = undefined;
  folder = await mkdtemp(join(tmpdir(), 'sluice-flood-'));
  telegram = await startLocalTelegram(folder, {
    token: TOKEN,
    group: GROUP,
    people: { [ADA]: 'Ada', [BEN]: 'Ben' },
  });
  bot = await startBot({
    telegram: { kind: 'remote', token: TOKEN, apiRoot: telegram.url, chat: GROUP },
    cloud: { kind: 'remote', project: 'demo', endpoints: localEndpoints('http://127.0.0.1:9') },
    plan: {
      ...builtInPlan(),
      people: [
        { id: ADA, name: 'Ada', roles: ['operator'] },
        { id: BEN, name: 'Ben', roles: ['approver'] },
      ],
    },
    dataDir: join(folder, 'data'),
    clock: systemClock,
    log: createLog('silent'),
  });
  await bot.ready;
});

afterEach(async () => {
  await stop();
  await telegram.close();
  await rm(folder, { recursive: true, force: true });
});

function stop(): Promise<void> {
  stopped ??= bot.stop();
  return stopped;
}

async function post(path: string, body: unknown): Promise<unknown> {
  const reply = await fetch(`${telegram.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return reply.json();
}

async function calls(method: string): Promise<Call[]> {
  const reply = await fetch(`${telegram.url}/_control/calls?after=0`);
  const { calls: all } = (await reply.json()) as { calls: Call[] };
  return all.filter((call) => call.method === method);
}

const CHAT = { id: GROUP, type: 'supergroup', title: 'Team' };

function stranger(n: number) {
  return { id: 5_000_000 + n, is_bot: false, first_name: NAMES[n % NAMES.length] };
}

const NAMES = [
  'Zoë',
  '\u202eeve',
  '<b>Mallory</b>',
  '👩‍👩‍👧‍👦'.repeat(8),
  '\u200b',
  `Z${'\u0301'.repeat(60)}`,
  'a\nb',
  'x'.repeat(64),
];

const DATA = ['\u0000'.repeat(8), 'w/other', 'r/abc'];

/** What one stranger sends: talk, commands, taps with data of their own making. */
function updatesOf(n: number): object[] {
  const from = stranger(n);
  const message = { message_id: 100_000 + n, date: 0, chat: CHAT, from };
  const command = { ...message, text: '/deploy', entities: [{ type: 'bot_command', offset: 0, length: 7 }] };
  const press = { id: `p${n}`, from, chat_instance: '1', data: `g/abc-1/${n % 1000}/yes`, message };
  return [
    { message: { ...message, text: 'x'.repeat(5_000) } },
    { message: command },
    { callback_query: press },
    ...Array.from({ length: 12 }, (_, i) => ({
      callback_query: { ...press, id: `q${n}-${i}`, data: DATA[i % 3] },
    })),
    { message: { ...message, text: 'Who are you?' } },
  ];
}

async function say(person: number, text: string): Promise<void> {
  expect(await post('/_user/send', { chat_id: GROUP, user_id: person, text })).toMatchObject({ ok: true });
}

async function answers(words: RegExp): Promise<number> {
  return (await calls('sendMessage')).filter(({ params }) => words.test(params.text ?? '')).length;
}

test('strangers by the hundred cost no files, few answers and few lines, and the team is answered', {
  timeout: 120_000,
}, async () => {
  const before = (await readdir(join(folder, 'data'))).toSorted();
  for (let n = 0; n < STRANGERS; n += 100) {
    const some = Array.from({ length: 100 }, (_, i) => updatesOf(n + i)).flat();
    expect(await post('/_control/updates', some)).toMatchObject({ ok: true });
    await say(ADA, '/whoami');
  }
  await until(async () => ((await answers(/You are Ada/)) === STRANGERS / 100 ? true : undefined));
  // Sixty strangers' updates at most are looked at in a minute; two minutes may have begun by now.
  const answered = (await calls('answerCallbackQuery')).length + (await answers(/./)) - STRANGERS / 100;
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThanOrEqual(4 * 60);
  await stop();
  const after = (await readdir(join(folder, 'data'))).toSorted();
  expect(after).not.toContain('dialogues');
  expect(after.filter((name) => !before.includes(name)).length).toBeLessThan(5);
  const audit = (await readFile(join(folder, 'data', 'audit.jsonl'), 'utf8')).trim().split('\n');
  // Each stranger's first attempt, and a line on all the others of a minute; two minutes may have begun.
  expect(audit.length).toBeLessThan(4 * STRANGERS + 10);
  expect(audit.join('\n')).toMatch(/\d+ more within a minute/);
});

test('a member who presses without pause is told so and slowed down; the next one is not', {
  timeout: 120_000,
}, async () => {
  const from = { id: BEN, is_bot: false, first_name: 'Ben' };
  const message = {
    message_id: 7,
    date: 0,
    chat: CHAT,
    from: { id: 7_000_000_001, is_bot: true, first_name: 'S' },
  };
  const presses = Array.from({ length: 1_000 }, (_, n) => ({
    callback_query: { id: `b${n}`, from, chat_instance: '1', data: 'g/abc-1/1/yes', message },
  }));
  await post('/_control/updates', presses);
  await say(ADA, '/whoami');
  await until(async () => ((await answers(/You are Ada/)) === 1 ? true : undefined));
  const told = (await calls('answerCallbackQuery')).map(({ params }) => params.text ?? '');
  // Two minutes may have begun: 120 taps and 10 warnings in each.
  expect(told.length).toBeLessThanOrEqual(2 * (120 + 10));
  expect(told.filter((text) => /more than I take of one person/.test(text)).length).toBeGreaterThan(0);
  // Whatever else was pressed, the way back stays open.
  const back = { id: 'back', from, chat_instance: '1', data: 'r/abc', message };
  await post('/_control/updates', [{ callback_query: back }]);
  await until(async () =>
    (await calls('answerCallbackQuery')).some(
      ({ params }) => params.callback_query_id === 'back' && /closed, or not known/.test(params.text ?? ''),
    )
      ? true
      : undefined,
  );
});

test('an allowance is each person’s and all people’s, by the minute', () => {
  let now = 0;
  const allowance = createAllowance({ now: () => now }, 2, 3);
  const take = (person: number) => allowance.take(person);
  expect([take(1), take(1), take(1), take(2), take(3)]).toEqual([true, true, false, true, false]);
  now = 60_000;
  expect([take(3), take(1)]).toEqual([true, true]);
  now = -1;
  expect(take(1)).toBe(true);
});

test('one person’s slow work holds up nobody else, and their own next work waits for it', async () => {
  const lanes = createLanes(20);
  const done: string[] = [];
  const late: unknown[] = [];
  let finish: () => void = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const alone: string[] = [];
  const note = {
    begins: async () => void alone.push('begins'),
    fails: async (error: unknown) => void late.push(error),
    ends: async () => void alone.push('ends'),
  };
  const job =
    (name: string, after: Promise<void> = Promise.resolve()) =>
    () =>
      after.then(() => void done.push(name));
  await lanes.run(1, job('slow', slow), note);
  await lanes.run(2, job('other'), note);
  await lanes.run(1, job('own next'), note);
  expect(done).toEqual(['other']);
  const failing = () => slow.then(() => Promise.reject(new Error('after all')));
  await lanes.run(1, failing, note);
  finish();
  await lanes.idle();
  expect(done).toEqual(['other', 'slow', 'own next']);
  expect(late).toEqual([new Error('after all')]);
  expect(alone.toSorted()).toEqual(['begins', 'begins', 'begins', 'ends', 'ends', 'ends']);
  await expect(lanes.run(3, () => Promise.reject(new Error('at once')), note)).rejects.toThrow('at once');
  expect(late).toHaveLength(1);
});

test('of chats and messages only the newest are remembered', () => {
  const seen = createSeenChats();
  for (let chat = 1; chat <= 1_000; chat++) seen.note(-chat, chat, true);
  for (let message = 1; message <= 1_000; message++) seen.note(-1_000, message, true);
  expect(seen.in(-1).last).toBeUndefined();
  expect(seen.in(-1_000)).toMatchObject({ last: 1_000 });
  expect([seen.in(-1_000).sent(1_000), seen.in(-1_000).sent(1)]).toEqual([true, false]);
});
