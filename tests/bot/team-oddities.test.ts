import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { TeamEvent, TeamRecord } from '../../src/bot/team/history.ts';
import { localEndpoints } from '../../src/local.ts';
import { createLog } from '../../src/log.ts';
import { type RunningBot, startBot } from '../../src/main.ts';
import { systemClock } from '../../src/plan/clock.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import { scriptedServer } from '../deploy/scripted-server.ts';
import { until } from '../process/sluice.ts';

// Telegram's own peculiarities, which the local Telegram does not have: updates as its documentation has them.

const GROUP = -1001;
const TOKEN = '7000000001:oddities-test-token';
const SLUICE = { id: 7_000_000_001, is_bot: true, first_name: 'Sluice', username: 'sluice_bot' };
const ADA = { id: 1001, is_bot: false, first_name: 'Ada', last_name: 'Byron' };
const BEN = { id: 1002, is_bot: false, first_name: 'Ben' };
const ANONYMOUS = { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' };

let bot: RunningBot;
afterEach(() => bot.stop());

/** A bot at work on a Bot API that hands out just these updates. */
async function botWith(history: readonly TeamEvent[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-oddities-'));
  const record: TeamRecord = { schema: 1, history };
  await writeFile(join(folder, 'team.json'), JSON.stringify(record));
  const said: string[] = [];
  const waiting: object[] = [];
  let wake = () => {};
  const { url } = await scriptedServer(async ({ url, body }) => {
    const result = (value: unknown) => ({ json: { ok: true, result: value } });
    const asked = body ? (JSON.parse(body) as { text?: string; chat_id?: number; limit?: number }) : {};
    switch (url.split('/').at(-1)) {
      case 'getMe':
        return result(SLUICE);
      case 'getUpdates':
        if (waiting.length === 0 && asked.limit !== 1) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return result(asked.limit === 1 ? [] : waiting.splice(0));
      case 'sendMessage':
        said.push(asked.text ?? '');
        return result({
          message_id: 900 + said.length,
          date: 0,
          chat: { id: asked.chat_id, type: 'supergroup' },
        });
      default:
        return result(true);
    }
  });
  bot = await startBot({
    telegram: { kind: 'remote', token: TOKEN, apiRoot: url },
    cloud: { kind: 'remote', project: 'demo', endpoints: localEndpoints('http://127.0.0.1:9') },
    plan: { ...builtInPlan(), people: [] },
    dataDir: folder,
    clock: systemClock,
    log: createLog('silent'),
  });
  await bot.ready;
  return {
    /** Hands an update to the bot and waits for so many answers in all. */
    async deliver(update: object, answers: number): Promise<string> {
      waiting.push(update);
      wake();
      return until(() => (said.length >= answers ? said[answers - 1] : undefined));
    },
    hand(update: object): void {
      waiting.push(update);
      wake();
    },
    async history(): Promise<readonly TeamEvent[]> {
      return (JSON.parse(await readFile(join(folder, 'team.json'), 'utf8')) as TeamRecord).history;
    },
  };
}

const ADA_IN_TEAM = { id: ADA.id, name: 'Ada Byron' };
const BEN_IN_TEAM = { id: BEN.id, name: 'Ben' };

const CLAIMED: TeamEvent = {
  type: 'claimed',
  chat: GROUP,
  by: ADA_IN_TEAM,
  at: 0,
  update: 1,
};

const CHAT = { id: GROUP, type: 'supergroup', title: 'Releases', is_forum: true };

function command(update: number, text: string, change: object = {}): object {
  const [word = ''] = text.split(' ');
  return {
    update_id: update,
    message: {
      message_id: update,
      date: 0,
      chat: CHAT,
      from: ADA,
      text,
      entities: [{ type: 'bot_command', offset: 0, length: word.length }],
      ...change,
    },
  };
}

test('an anonymous administrator has no role, whatever the group thinks', async () => {
  const { deliver, history } = await botWith();
  const hidden = { from: ANONYMOUS, sender_chat: CHAT };
  expect(await deliver(command(2, `/claim ${bot.claimCode}`, hidden), 1)).toMatch(/in your own name/);
  expect(await deliver(command(3, '/whoami', hidden), 2)).toMatch(/in your own name/);
  expect(await deliver(command(4, `/claim ${bot.claimCode}`), 3)).toMatch(/Ada Byron its admin/);
  const behind = { message_id: 5, date: 0, chat: CHAT, ...hidden, text: 'Good morning.' };
  expect(await deliver(command(6, '/team operator', { reply_to_message: behind }), 4)).toMatch(
    /no person behind/,
  );
  expect(await history()).toHaveLength(1);
});

test('in a topic, a message that replies to nothing makes nobody a member', async () => {
  const { deliver, history } = await botWith([CLAIMED]);
  const first = {
    message_id: 7,
    date: 0,
    chat: CHAT,
    from: BEN,
    forum_topic_created: { name: 'X', icon_color: 0 },
  };
  const inTopic = { message_thread_id: 7, is_topic_message: true };
  const bare = { ...inTopic, reply_to_message: first };
  expect(await deliver(command(8, '/team operator', bare), 1)).toMatch(/Reply to a message/);
  const reply = {
    ...inTopic,
    reply_to_message: { message_id: 9, date: 0, chat: CHAT, from: BEN, text: 'Hi' },
  };
  expect(await deliver(command(10, '/team operator', reply), 2)).toBe('Ben is operator now.');
  expect(await history()).toHaveLength(2);
});

test('an update that is delivered twice counts once', async () => {
  const reply = { reply_to_message: { message_id: 9, date: 0, chat: CHAT, from: BEN, text: 'Hi' } };
  const { deliver, history } = await botWith([CLAIMED]);
  expect(await deliver(command(10, '/team operator', reply), 1)).toBe('Ben is operator now.');
  expect(await deliver(command(10, '/team operator', reply), 2)).toBe('Ben is operator now.');
  expect(await deliver(command(1, '/claim WHATEVER'), 3)).toMatch(/Ada Byron its admin/);
  expect(await history()).toHaveLength(2);
});

test('the team follows its group when that becomes a supergroup', async () => {
  const { deliver, hand, history } = await botWith([CLAIMED]);
  const moved = { migrate_to_chat_id: -1002, chat: { ...CHAT, type: 'group' } };
  const {
    text: _,
    entities: __,
    ...service
  } = { ...(command(2, '/x') as { message: object }).message } as Record<string, unknown>;
  hand({ update_id: 2, message: { ...service, ...moved } });
  await until(async () => ((await history()).length === 2 ? true : undefined));
  expect(await deliver(command(3, '/status', { chat: { ...CHAT, id: -1002 } }), 1)).toMatch(
    /No rollout so far/,
  );
  expect(await deliver(command(4, '/status'), 2)).toMatch(/my team’s group only/);
  expect((await history()).at(-1)).toMatchObject({ type: 'moved', chat: -1002, update: 2 });
});

test('whoever is refused again and again does not fill the disk', async () => {
  const member: TeamEvent = {
    type: 'assigned',
    person: BEN_IN_TEAM,
    roles: ['operator'],
    by: ADA_IN_TEAM,
    at: 0,
    update: 2,
  };
  const { deliver, hand, history } = await botWith([CLAIMED, member]);
  const reply = { reply_to_message: { message_id: 9, date: 0, chat: CHAT, from: BEN, text: 'Hi' } };
  for (let i = 1; i < 55; i++) hand(command(100 + i, '/team admin', { from: BEN, ...reply }));
  const last = command(155, '/team admin', { from: BEN, ...reply });
  expect(await deliver(last, 55)).toBe('Only an admin changes the team: Ada Byron.');
  expect(await history()).toHaveLength(52);
});
