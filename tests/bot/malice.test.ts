import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFileStore } from '../../src/store/file-store.ts';
import { until } from '../process/sluice.ts';
import {
  ADA,
  assembleTeam,
  BEN,
  CLEO,
  liveSplit,
  type Pressed,
  prepareRelease,
  type Team,
} from '../story/team.ts';

// People, clients and chats that mean no good, or do not know better: told why, put on record, and nothing is moved.

let team: Team;
let question: number;
/** Callback data of the open question's button for going on. */
let yes: string;
let rollout: string;

beforeAll(async () => {
  team = await assembleTeam();
  await prepareRelease(team);
  const message = await team.waitFor(/from 0 % to 10 %\?/);
  question = message.message_id;
  yes = message.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';
  rollout = /^g\/([a-z0-9]+)-/.exec(yes)?.[1] ?? '';
}, 120_000);

afterAll(() => team.close());

async function events(): Promise<readonly { readonly type: string; readonly by?: object }[]> {
  return (await openFileStore(team.dataDir).read(rollout)) ?? [];
}

/** Whatever it is, the traffic stands, and of people’s acts the journal has gained refusals at most. */
async function comesToNothing(act: () => Promise<unknown>): Promise<void> {
  const before = await events();
  await act();
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  // What the bot sees by itself goes on meanwhile.
  const byPeople = (await events()).slice(before.length).filter(({ by }) => by !== undefined);
  expect(byPeople.filter(({ type }) => type !== 'refused')).toEqual([]);
}

async function turnedAway(press: Promise<Pressed>): Promise<string> {
  const { answered, show_alert: alert, text = '' } = await press;
  expect({ answered, alert }).toEqual({ answered: true, alert: true });
  expect(text.length).toBeGreaterThan(10);
  return text;
}

async function post(path: string, body: object): Promise<unknown> {
  const reply = await fetch(`${team.sandbox.telegram?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: team.sandbox.telegram?.chat, ...body }),
  });
  return reply.json();
}

/** What the chat of this number has been told since the message of that number. */
async function saidIn(chat: number | undefined, after: number): Promise<string[]> {
  const reply = await fetch(`${team.sandbox.telegram?.url}/_user/messages?chat_id=${chat}&after=${after}`);
  const { messages } = (await reply.json()) as {
    messages: { text?: string; from: { is_bot: boolean; username?: string } }[];
  };
  return messages.flatMap(({ text, from }) => (from.username === 'sluice_bot' && text ? [text] : []));
}

async function lastOf(chat: number | undefined): Promise<number> {
  const reply = await fetch(`${team.sandbox.telegram?.url}/_user/messages?chat_id=${chat}`);
  const { messages } = (await reply.json()) as { messages: { message_id: number }[] };
  return messages.at(-1)?.message_id ?? 0;
}

const bytes = (text: string) => Buffer.byteLength(text);

/** Any text that Telegram would carry as callback data. */
const anyData = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }),
    fc.stringMatching(/^[a-z]\/[a-z0-9/-]{0,40}$/),
    fc.constantFrom(
      'g/',
      'g//1/yes',
      'r/../../x',
      'g/__proto__-1/1/yes',
      'c/constructor/0/all',
      'w/',
      '%',
      '\u0000',
    ),
  )
  .filter((text) => text.trim() !== '' && bytes(text) <= 64 && Buffer.from(text).toString() === text);

/** True data with something changed, put in or left out. */
const mutated = () =>
  fc
    .tuple(fc.nat(yes.length), fc.nat(2), fc.constantFrom('0', '9', 'a', '/', '-', '~', 'g', '\u0430'))
    .map(([at, cut, put]) => yes.slice(0, at) + put + yes.slice(at + cut))
    .filter((data) => data !== yes && bytes(data) <= 64);

test('forged callback data is answered and moves nothing, whoever sends it', {
  timeout: 120_000,
}, async () => {
  await comesToNothing(() =>
    fc.assert(
      fc.asyncProperty(fc.oneof(anyData, mutated()), async (data) => {
        await turnedAway(team.pressOn(CLEO, question, data));
      }),
      { numRuns: 80, seed: 11, endOnFailure: true },
    ),
  );
});

test('an approver’s forged data is no approval: other gates, other revisions, other words', {
  timeout: 120_000,
}, async () => {
  const [, gate = '', revision = ''] = yes.split('/');
  const forged = fc.oneof(
    fc.nat(999_999).map((n) => `g/${gate}/${n === Number(revision) ? n + 1 : n}/yes`),
    fc.integer({ min: 2, max: 99 }).map((n) => `g/${rollout}-${n}/${revision}/yes`),
    fc.stringMatching(/^[a-z0-9]{4,10}$/).map((id) => `g/${id}-1/1/yes`),
    fc
      .constantFrom('adopt', 'restore', 'retry', 'ja', 'constructor')
      .map((word) => `g/${gate}/${revision}/${word}`),
  );
  await comesToNothing(() =>
    fc.assert(
      fc.asyncProperty(forged, async (data) => {
        await turnedAway(team.pressOn(BEN, question, data));
      }),
      { numRuns: 40, seed: 12, endOnFailure: true },
    ),
  );
});

test('a true button counts in the team’s chat only', { timeout: 60_000 }, async () => {
  const press = async (body: object) =>
    (await post('/_user/press', { user_id: BEN, message_id: question, ...body })) as Pressed;
  await comesToNothing(async () => {
    expect(await turnedAway(press({ data: yes, inline: true }))).toMatch(/not one of mine/);
    expect(await turnedAway(press({ data: yes, chat_id: BEN }))).toMatch(/team’s group only/);
  });
});

test('whoever hides behind the group or a channel has no role', { timeout: 60_000 }, async () => {
  const group = team.sandbox.telegram?.chat;
  await comesToNothing(async () => {
    for (const as of ['group', 'channel', 'linked-channel']) {
      for (const text of ['/rollback', '/hold because', '/deploy', '/freeze for 2h because']) {
        const before = await lastOf(group);
        await post('/_user/send', { user_id: BEN, text, as });
        await until(async () =>
          (await saidIn(group, before)).some((said) => /in your own name/.test(said)) ? true : undefined,
        );
      }
    }
  });
  const audit = await readFile(join(team.dataDir, 'audit.jsonl'), 'utf8');
  expect(audit).toMatch(new RegExp(`"id":${group}\\b`));
});

test('commands that are passed on, written elsewhere or edited in do nothing', {
  timeout: 60_000,
}, async () => {
  const group = team.sandbox.telegram?.chat;
  await comesToNothing(async () => {
    const before = await lastOf(group);
    await post('/_user/send', { user_id: BEN, text: '/rollback', forwarded: true });
    await until(async () =>
      (await saidIn(group, before)).some((said) => /forwarded command does nothing/.test(said))
        ? true
        : undefined,
    );
    await post('/_user/send', { user_id: BEN, text: '/rollback', chat_id: BEN });
    await until(async () =>
      (await saidIn(BEN, 0)).some((said) => /team’s group only/.test(said)) ? true : undefined,
    );
    const written = await team.send(BEN, 'Good morning.');
    const after = await lastOf(group);
    await post('/_user/edit', { user_id: BEN, message_id: written, text: '/rollback' });
    const channel = { id: -1_008, type: 'channel', title: 'News' };
    const command = [{ type: 'bot_command', offset: 0, length: 9 }];
    await fetch(`${team.sandbox.telegram?.url}/_control/updates`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        { channel_post: { message_id: 1, date: 0, chat: channel, text: '/rollback', entities: command } },
        {
          message: {
            message_id: 2,
            date: 0,
            chat: channel,
            sender_chat: channel,
            text: '/rollback',
            entities: command,
          },
        },
      ]),
    });
    // The next command is answered, so these have passed, and nobody was asked about a rollback.
    await team.send(ADA, '/whoami');
    await until(async () =>
      (await saidIn(group, after)).some((said) => /You are Ada/.test(said)) ? true : undefined,
    );
    expect((await saidIn(group, after)).filter((said) => /roll back/i.test(said))).toEqual([]);
  });
});

test('after all that one true press counts, and the same press under another update’s number does not', {
  timeout: 120_000,
}, async () => {
  expect(await team.pressOn(BEN, question, yes)).toMatchObject({ answered: true });
  const again = await turnedAway(team.pressOn(BEN, question, yes));
  expect(again).toMatch(/already answered/);
  await team.waitFor(/Watching at 10 %/);
  const moved = (await events()).filter(({ type }) => type === 'settled');
  expect(moved).toHaveLength(1);
});
