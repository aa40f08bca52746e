import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TeamRecord } from '../../src/bot/team/history.ts';
import { localEndpoints } from '../../src/local.ts';
import { createLog } from '../../src/log.ts';
import { type RunningBot, startBot } from '../../src/main.ts';
import { systemClock } from '../../src/plan/clock.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import type { Member } from '../../src/plan/schema.ts';
import { until } from '../process/sluice.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:team-test-token';
const [ADA, BEN, CLEO] = [1001, 1002, 1003];

let telegram: LocalTelegram;
let folder: string;
let bot: RunningBot;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-team-'));
  const people = { [ADA]: 'Ada', [BEN]: 'Ben', [CLEO]: 'Cleo' };
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people });
  bot = await begin();
});

afterEach(async () => {
  await bot.stop();
  await telegram.close();
});

async function begin(people: readonly Member[] = [], chat?: number): Promise<RunningBot> {
  const running = await startBot({
    telegram: { kind: 'remote', token: TOKEN, apiRoot: telegram.url, ...(chat !== undefined && { chat }) },
    // Nothing here speaks to Google.
    cloud: { kind: 'remote', project: 'demo', endpoints: localEndpoints('http://127.0.0.1:9') },
    plan: { ...builtInPlan(), people: [...people] },
    dataDir: folder,
    clock: systemClock,
    log: createLog('silent'),
  });
  await running.ready;
  return running;
}

async function restart(people: readonly Member[] = [], chat?: number): Promise<void> {
  await bot.stop();
  bot = await begin(people, chat);
}

interface Message {
  readonly message_id: number;
  readonly from: { readonly is_bot: boolean };
  readonly text?: string;
}

async function messages(chat: number): Promise<Message[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${chat}`);
  return ((await reply.json()) as { messages: Message[] }).messages;
}

/** Says something and waits for the bot's answer to it. */
async function ask(
  person: number,
  text: string,
  where: { chat?: number; replyTo?: number } = {},
): Promise<string> {
  const { chat = GROUP, replyTo } = where;
  const sent = await say(person, text, chat, replyTo);
  return until(async () => (await messages(chat)).find((m) => m.message_id > sent && m.from.is_bot)?.text);
}

async function say(person: number, text: string, chat = GROUP, replyTo?: number): Promise<number> {
  const reply = await fetch(`${telegram.url}/_user/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: chat, user_id: person, text, ...(replyTo && { reply_to: replyTo }) }),
  });
  const { message } = (await reply.json()) as { message: Message };
  return message.message_id;
}

async function record(): Promise<TeamRecord> {
  return JSON.parse(await readFile(join(folder, 'team.json'), 'utf8')) as TeamRecord;
}

const claim = (person: number) => ask(person, `/claim ${bot.claimCode}`);

/** As an admin, about the newest thing that the other one says. */
async function give(by: number, to: number, roles: string): Promise<string> {
  return ask(by, `/team ${roles}`, { replyTo: await say(to, 'Good morning.') });
}

test('the code makes a group the team’s and its sender the admin, over restarts', async () => {
  expect(bot.claimCode).toMatch(/^[2-9A-Z]{5}-[2-9A-Z]{5}$/);
  expect(await ask(ADA, '/status')).toMatch(/I have no team yet\. .*\/claim/);
  expect(await claim(ADA)).toMatch(/This is the team’s chat now, and Ada its admin/);
  expect(await ask(ADA, '/status')).toMatch(/No rollout so far/);
  expect((await record()).history).toEqual([
    {
      type: 'claimed',
      chat: GROUP,
      by: { id: ADA, name: 'Ada' },
      at: expect.any(Number),
      update: expect.any(Number),
    },
  ]);

  await restart();
  expect(bot.claimCode).toBeUndefined();
  expect(await ask(BEN, '/status')).toMatch(/No rollout so far/);
  expect(await ask(BEN, '/whoami')).toBe('You are Ben (1002): no role.');
  expect(await ask(ADA, '/whoami')).toBe('You are Ada (1001): admin.');
});

test('the code is drawn anew at each start, and good once', async () => {
  const old = bot.claimCode;
  await restart();
  expect(bot.claimCode).not.toBe(old);
  expect(await ask(ADA, `/claim ${old}`)).toMatch(/That is not the code/);
  const code = bot.claimCode;
  expect(await ask(ADA, `/claim ${code?.toLowerCase().replace('-', ' ')}`)).toMatch(/Ada its admin/);
  expect(await ask(BEN, `/claim ${code}`)).toMatch(/claimed already/);
  expect((await record()).history).toHaveLength(1);
});

test('two who send the code at once: one of them is the admin', async () => {
  await Promise.all([claim(ADA), claim(BEN)]);
  await until(async () => ((await messages(GROUP)).length === 4 ? true : undefined));
  const texts = (await messages(GROUP)).map((m) => m.text ?? '');
  expect(texts.filter((text) => /its admin/.test(text))).toHaveLength(1);
  expect(texts.filter((text) => /claimed already/.test(text))).toHaveLength(1);
  expect((await record()).history.map(({ type }) => type)).toEqual(['claimed']);
});

test('a guesser is stopped, and does not stop the others', async () => {
  for (let i = 0; i < 5; i++) expect(await ask(CLEO, `/claim AAAAA-AAAA${i}`)).toMatch(/not the code/);
  expect(await claim(CLEO)).toMatch(/Too many wrong codes from you/);
  expect(await claim(ADA)).toMatch(/Ada its admin/);
});

test('a private chat cannot become the team’s', async () => {
  expect(await ask(ADA, `/claim ${bot.claimCode}`, { chat: ADA })).toMatch(/in your team’s group/);
  expect(await ask(ADA, '/claim')).toMatch(/Add the code/);
  expect(await ask(ADA, '/whoami', { chat: ADA })).toMatch(/1001/);
});

test('an admin gives and takes roles by replying to people', async () => {
  await claim(ADA);
  expect(await give(ADA, BEN, 'approver, operator')).toBe('Ben is operator and approver now.');
  expect(await ask(BEN, '/whoami')).toMatch(/operator and approver/);
  expect(await ask(CLEO, '/team')).toMatch(
    /^The team\nAda \(1001\): admin\nBen \(1002\): operator and approver\n/,
  );
  expect(await give(ADA, BEN, 'operator approver')).toBe('Ben is operator and approver already.');
  expect(await give(ADA, BEN, 'none')).toBe('Ben has no role now.');
  expect(await ask(BEN, '/team')).not.toMatch(/Ben/);
  expect((await record()).history.at(-1)).toMatchObject({
    type: 'assigned',
    person: { id: BEN, name: 'Ben' },
    roles: [],
    by: { id: ADA },
  });
});

test('being an admin is no say in a release', async () => {
  await claim(ADA);
  for (const command of ['/deploy', '/rollback', '/cancel', '/checklist']) {
    expect(await ask(ADA, command)).toMatch(/neither operator nor approver/);
  }
  expect(await give(ADA, ADA, 'operator admin')).toBe('Ada is operator and admin now.');
  expect(await ask(ADA, '/rollback')).toMatch(/nothing to roll back/);
});

test('whoever is no admin changes nothing, and the attempt is kept', async () => {
  await claim(ADA);
  expect(await give(CLEO, CLEO, 'approver')).toBe('Only an admin changes the team: Ada.');
  expect(await ask(CLEO, '/whoami')).toMatch(/no role/);
  expect((await record()).history.at(-1)).toMatchObject({
    type: 'refused',
    attempt: '/team approver for Cleo (1003)',
    by: { id: CLEO, name: 'Cleo' },
  });
});

test('the last admin stays', async () => {
  await claim(ADA);
  expect(await give(ADA, ADA, 'none')).toMatch(/Ada is the last admin/);
  await give(ADA, BEN, 'admin');
  expect(await give(BEN, ADA, 'none')).toBe('Ada has no role now.');
  expect(await give(ADA, ADA, 'admin')).toMatch(/Only an admin/);
  expect(await give(BEN, BEN, 'operator')).toMatch(/Ben is the last admin/);
});

test('what cannot be meant gets a sentence', async () => {
  await claim(ADA);
  expect(await ask(ADA, '/team operator')).toMatch(/Reply to a message of that person’s/);
  expect(await give(ADA, BEN, 'aprover')).toMatch(/'aprover' is not a role\. Did you mean 'approver'\?/);
  expect(await give(ADA, BEN, 'none operator')).toMatch(/None goes without other roles/);
  const ofBot = (await messages(GROUP)).findLast((m) => m.from.is_bot)?.message_id ?? 0;
  expect(await ask(ADA, '/team operator', { replyTo: ofBot })).toMatch(/no person behind it/);
  expect((await record()).history).toHaveLength(1);
});

test('a configured group wins over a claimed one', async () => {
  await claim(ADA);
  await restart([], BEN);
  expect(await ask(ADA, '/status')).toMatch(/my team’s group only/);
});

test('the group that is configured is the one to claim', async () => {
  await restart([], -1_009_999_999_999);
  expect(await claim(ADA)).toMatch(/TELEGRAM_CHAT_ID names another group/);
  await restart([], GROUP);
  expect(await claim(ADA)).toMatch(/Ada its admin/);
});

test('a team that the plan lists is changed in the plan', async () => {
  await claim(ADA);
  await restart([{ id: BEN, name: 'Benjamin', roles: ['approver'] }]);
  expect(bot.claimCode).toBeUndefined();
  expect(await ask(ADA, '/team')).toMatch(
    /^The team\nBenjamin \(1002\): approver\n\nThe plan lists the team/,
  );
  expect(await give(ADA, CLEO, 'operator')).toMatch(/The plan lists the team/);
  expect(await ask(ADA, '/claim X')).toMatch(/The plan lists the team/);
  expect(await ask(ADA, '/whoami')).toMatch(/no role/);
  await restart();
  expect(await ask(ADA, '/whoami')).toMatch(/admin/);
});
