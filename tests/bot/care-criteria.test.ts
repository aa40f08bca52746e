import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bot } from 'grammy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTelegram, poll } from '../../src/bot/bot.ts';
import { type CareCommandsDesk, handleCareCommands } from '../../src/bot/care/commands.ts';
import type { BotContext } from '../../src/bot/context.ts';
import { actorOf } from '../../src/bot/people.ts';
import type { Criterion, Reading } from '../../src/plan/terms.ts';
import type { Rollout } from '../../src/rollout/state.ts';
import { until } from '../process/sluice.ts';
import { type CarePlan, CareWorld, ERRORS, HOUR, LAG, off } from '../rollout/care-world.ts';
import { ADA, BEN, CLEO, DAY, MINUTE, START } from '../rollout/world.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';

const GROUP = -100;
const TOKEN = '7000000001:criteria-test-token';
const CRITERIA: readonly Criterion[] = [
  { text: 'Few errors', checks: [ERRORS, { ...ERRORS, name: 'errors of the others' }] },
  { text: 'The notifications are clear', checks: [] },
  { text: 'Fast', checks: [{ name: 'latency', kind: 'latency', atMost: 800 }] },
];

let telegram: LocalTelegram;
let folder: string;
let bot: Bot<BotContext>;
let polling: Promise<void>;
let rollouts: Rollout[];
let now: number;
let failures: string[];
let look: CareCommandsDesk['look'];
let looked: { names: string[]; from: number; to: number }[];

const good = (name: string): Reading => ({ name, answer: 'good', detail: 'as it should be' });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-criteria-'));
  const people = Object.fromEntries([ADA, BEN, CLEO].map(({ id, name }) => [id, name]));
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people });
  [rollouts, failures, looked, now] = [[], [], [], START];
  look = async (_, probes, { from, to }) => {
    looked.push({ names: probes.map(({ name }) => name), from, to });
    return probes.map(({ name }) => good(name));
  };
  bot = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  handleCareCommands(bot, {
    now: () => now,
    actor: (ctx) =>
      actorOf(
        ctx,
        [ADA, BEN].map(({ id, name, roles }) => ({ id, name, roles: [...roles] })),
      ),
    rollouts: () => rollouts,
    look: (...asked) => look(...asked),
    failed: (what, error) => failures.push(`${what}: ${(error as Error).message}`),
  });
  polling = poll(
    bot,
    () => {},
    () => {},
  );
});

afterEach(async () => {
  await bot.stop();
  await polling;
  await telegram.close();
  await rm(folder, { recursive: true, force: true });
});

async function post(path: string, body: object): Promise<{ message: { message_id: number } }> {
  const reply = await fetch(`${telegram.url}/_user/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: GROUP, ...body }),
  });
  return reply.json() as Promise<{ message: { message_id: number } }>;
}

async function answers(): Promise<string[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${GROUP}`);
  const { messages } = (await reply.json()) as { messages: { from: { is_bot: boolean }; text?: string }[] };
  return messages.flatMap(({ from, text }) => (from.is_bot && text ? [text] : []));
}

/** Says something and waits for an answer of the bot's with these words. */
async function ask(person: { id: number }, text: string, words: RegExp): Promise<string[]> {
  await post('send', { user_id: person.id, text });
  const found = await until(async () => (await answers()).findLast((answer) => words.test(answer)));
  return found.split('\n');
}

function released(plan: CarePlan = { criteria: CRITERIA }): CareWorld {
  const world = new CareWorld(plan);
  rollouts = [world.rollout];
  return world;
}

function later(world: CareWorld, ms: number): void {
  world.pass(ms, HOUR);
  rollouts = [world.rollout];
  now = world.now;
}

test('before the verdict is due it measures what there is, of all criteria in one go', async () => {
  later(released(), 3 * HOUR + 30_000);
  expect(await ask(BEN, '/criteria', /So far/)).toEqual([
    '⚖️ default v2: success criteria',
    'The verdict is due Mon 12 Jan, 12:00 UTC, in 7 days. So far, Mon 5 Jan, 12:00 to 14:56 UTC:',
    '✅ 1. Few errors',
    '↳ ✅ errors: as it should be',
    '↳ ✅ errors of the others: as it should be',
    '❓ 2. The notifications are clear',
    '✅ 3. Fast',
    '↳ ✅ latency: as it should be',
    '❓ could not be measured, or is not: people are asked when the verdict is due.',
  ]);
  expect(looked).toEqual([
    { names: ['errors', 'errors of the others', 'latency'], from: START, to: START + 3 * HOUR - LAG },
  ]);
  expect(await answers()).toHaveLength(1);
});

test('measuring keeps nobody waiting, and is not begun twice', async () => {
  later(released(), 3 * HOUR);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  look = async (_, probes) => {
    await gate;
    return probes.map(({ name }) => off(name));
  };
  await ask(ADA, '/criteria', /Measuring what there is so far…/);
  await ask(BEN, '/criteria', /being measured already/);
  release();
  await until(async () => (await answers()).find((answer) => answer.includes('❌ 1. Few errors')));
  look = async (_, probes) => probes.map(({ name }) => good(name));
  expect(await ask(BEN, '/criteria default', /✅ 1\. Few errors/)).toContain(
    '❓ 2. The notifications are clear',
  );
  expect(failures).toEqual([]);
});

test('figures that cannot be read are a sentence, and the next one may ask again', async () => {
  later(released(), 3 * HOUR);
  look = () => Promise.reject(new Error('Cloud Logging says no.'));
  const said = await ask(ADA, '/criteria', /could not be read/);
  expect(said[1]).toMatch(/The figures could not be read: Cloud Logging says no\.$/);
  expect(said).toContain('❓ 1. Few errors');
  expect(failures).toEqual(['the criteria: Cloud Logging says no.']);
  look = async (_, probes) => probes.map(({ name }) => good(name));
  await ask(ADA, '/criteria', /✅ 1\. Few errors/);
});

test('whoever has no role sees the criteria, but has nothing measured', async () => {
  later(released(), 3 * HOUR);
  const said = await ask(CLEO, '/criteria', /success criteria/);
  expect(said[1]).toMatch(/Figures so far are measured for operators and approvers\.$/);
  expect(looked).toEqual([]);
});

test('before the release is out, and while no minute is complete, it says when it will be judged', async () => {
  const world = new CareWorld({ criteria: CRITERIA });
  const { care: _, ...early } = world.rollout;
  rollouts = [{ ...early, stage: { at: 'verify' } }];
  expect((await ask(ADA, '/criteria', /Judged/))[1]).toBe('Judged 7 days after the release is fully out.');
  rollouts = [world.rollout];
  now = START + MINUTE;
  expect((await ask(ADA, '/criteria', /is due/))[1]).toBe(
    'The verdict is due Mon 12 Jan, 12:00 UTC, in 7 days.',
  );
  expect(looked).toEqual([]);
});

test('afterwards it tells the answers and the verdict', async () => {
  const world = released();
  later(world, 7 * DAY + HOUR);
  const waiting = await ask(ADA, '/criteria', /waits for one answer/);
  expect(waiting).toContain('❓ 2. The notifications are clear');
  world.act({ type: 'criterion', criterion: 1, met: false, note: 'Half are cut.' }, BEN);
  rollouts = [world.rollout];
  const said = await ask(ADA, '/criteria', /The verdict: not a success/);
  expect(said).toContain('❌ 2. The notifications are clear Ben: “Half are cut.”');
  expect(looked).toEqual([]);
});

test('a release that was rolled back is judged no longer', async () => {
  const world = released();
  world.rollBack();
  world.finish('done');
  world.finish('done');
  later(world, HOUR);
  expect((await ask(ADA, '/criteria', /No longer judged/))[1]).toBe(
    'No longer judged: this release is not out any more.',
  );
});

test('says which services it knows', async () => {
  expect(await ask(ADA, '/criteria', /No release so far/)).toHaveLength(1);
  const { rollout } = new CareWorld({ criteria: CRITERIA });
  rollouts = [rollout, { ...rollout, id: 'def', service: 'api' }];
  await ask(ADA, '/criteria', /^Which service\? Add its name: default, api\.$/);
  await ask(ADA, '/criteria nonsense', /^I know no release of nonsense\. Released so far: default, api\.$/);
  await ask(ADA, '/criteria api', /api v2: success criteria/);
});

test('a plan without criteria gives no verdict', async () => {
  rollouts = [new CareWorld({}).rollout];
  await ask(ADA, '/criteria', /^The plan has no success criteria, so there is no verdict on default v2\.$/);
});
