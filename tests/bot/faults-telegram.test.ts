import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { connectTelegram, poll } from '../../src/bot/bot.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { until } from '../process/sluice.ts';
import { assembleTeam, BEN, CLEO, liveSplit, prepareRelease, type Team } from '../story/team.ts';
import { startLocalTelegram } from './local-telegram.ts';
import { clearFault, hitsOf, orderFault } from './order-fault.ts';

// Telegram away, the bot thrown out, the group moved: the release goes on being watched, and nobody is left in the dark.

const MOVED = -1_009_876_543_210;
const TOO_LATE = 'Bad Request: query is too old and response timeout expired or query ID is invalid';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

interface Message {
  readonly message_id: number;
  readonly text?: string;
  readonly caption?: string;
  readonly reply_markup?: {
    readonly inline_keyboard?: readonly (readonly { readonly callback_data?: string }[])[];
  };
}

async function post(url: string, path: string, body: object): Promise<unknown> {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return reply.json();
}

async function messagesIn(url: string, chat: number): Promise<Message[]> {
  const reply = await fetch(`${url}/_user/messages?chat_id=${chat}`);
  return ((await reply.json()) as { messages: Message[] }).messages;
}

const words = ({ text, caption }: Message) => text ?? caption ?? '';

/** Waits for a question of these words in the chat. */
function questionIn(url: string, chat: number, asked: RegExp): Promise<Message> {
  const look = async () =>
    (await messagesIn(url, chat)).findLast(
      (message) => asked.test(words(message)) && message.reply_markup?.inline_keyboard,
    );
  return until(look, 60_000);
}

function firstButton(message: Message): string {
  return message.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';
}

test('taps of a silence are worked off once when it is over, and who was turned away hears it in the chat', {
  timeout: 150_000,
}, async () => {
  team = await assembleTeam();
  const { url = '', chat = 0 } = team.sandbox.telegram ?? {};
  await prepareRelease(team);
  const question = await team.waitFor(/from 0 % to 10 %\?/);
  const yes = question.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';

  const silence = await orderFault(url, '\\w+', { kind: 'reset' }, {});
  // The poll that waits came before the silence: it takes the talk with it.
  await team.send(BEN, 'Good morning.');
  await until(async () => ((await hitsOf(url, silence)) > 0 ? true : undefined));
  const tap = (person: number) =>
    post(url, '/_user/press', { chat_id: chat, user_id: person, message_id: question.message_id, data: yes });
  const taps = [tap(CLEO), tap(BEN), tap(BEN)];
  // Nobody waits that long with a thumb on the button.
  expect(await Promise.all(taps)).toEqual(taps.map(() => ({ ok: true, answered: false })));
  await orderFault(
    url,
    'answerCallbackQuery',
    { kind: 'status', code: 400, message: TOO_LATE },
    { times: 3 },
  );
  await clearFault(url, silence);

  await team.waitFor(/Watching at 10 %/);
  await team.waitFor(/Cleo, I got your tap late, and it did nothing: .*neither operator nor approver/);
  await team.waitFor(/Ben, I got your tap late, and it did nothing: .*already answered/);
  const rollout = /^g\/([a-z0-9]+)-/.exec(yes)?.[1] ?? '';
  const events = (await openFileStore(team.dataDir).read(rollout)) ?? [];
  expect(events.filter(({ type }) => type === 'settled')).toHaveLength(1);
  const asked = (await messagesIn(url, chat)).filter((message) => /from 0 % to 10 %\?/.test(words(message)));
  expect(asked).toHaveLength(1);
});

test('thrown out, the bot watches on and promotes nothing; back, and after the group has moved, it asks again', {
  timeout: 200_000,
}, async () => {
  team = await assembleTeam();
  const { url = '', chat = 0 } = team.sandbox.telegram ?? {};
  await prepareRelease(team);
  await team.press(BEN, 'Promote to 10 %');
  const card = await team.waitFor(/Watching at 10 %/);
  const rollout = (await openFileStore(team.dataDir).live())[0] ?? '';
  await post(url, '/_control/membership', { status: 'kicked' });
  const events = async () => (await openFileStore(team?.dataDir ?? '').read(rollout)) ?? [];
  const asked = async () => (await events()).filter((event) => event.type === 'asked').length;
  const before = await asked();
  await until(async () => ((await asked()) > before ? true : undefined), 60_000);
  expect(Object.values(await liveSplit(team)).toSorted()).toEqual([0.1, 0.9]);
  expect((await messagesIn(url, chat)).some((message) => /from 10 % to 50 %\?/.test(words(message)))).toBe(
    false,
  );

  await post(url, '/_control/membership', { status: 'administrator' });
  const old = await questionIn(url, chat, /from 10 % to 50 %\?/);
  expect(old.message_id).toBeGreaterThan(card.message_id);

  await post(url, '/_control/migrate', { to: MOVED });
  const anew = await questionIn(url, MOVED, /from 10 % to 50 %\?/);
  const press = { chat_id: MOVED, user_id: BEN, message_id: anew.message_id, data: firstButton(anew) };
  expect(await post(url, '/_user/press', press)).toMatchObject({ answered: true });
  await until(async () => {
    const shares = Object.values(await liveSplit(team as Team)).toSorted();
    return shares[0] === 0.5 ? true : undefined;
  }, 60_000);
  await post(url, '/_user/send', { chat_id: MOVED, user_id: BEN, text: '/whoami' });
  await until(async () =>
    (await messagesIn(url, MOVED)).some((message) => /You are Ben/.test(words(message))) ? true : undefined,
  );
  const twice = (await messagesIn(url, MOVED)).filter((message) =>
    /from 10 % to 50 %\?/.test(words(message)),
  );
  expect(twice).toHaveLength(1);
});

test('a second poller is named, waited out, and then the updates go on', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-poller-'));
  const [TOKEN, GROUP, ADA] = ['7000000001:poller-test-token', -1_001_234_567_890, 1];
  const telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people: { [ADA]: 'Ada' } });
  const bot = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  bot.command('status', (ctx) => ctx.reply('All is well.'));
  const failures: string[] = [];
  await orderFault(telegram.url, 'getUpdates', { kind: 'status', code: 502 });
  await orderFault(telegram.url, 'getUpdates', { kind: 'status', code: 409 });
  const ended = poll(
    bot,
    () => {},
    (what) => failures.push(what),
  );
  onTestFinished(async () => {
    await bot.stop();
    await ended;
    await telegram.close();
    await rm(folder, { recursive: true, force: true });
  });
  await post(telegram.url, '/_user/send', { chat_id: GROUP, user_id: ADA, text: '/status' });
  await until(
    async () =>
      (await messagesIn(telegram.url, GROUP)).some((message) => words(message) === 'All is well.')
        ? true
        : undefined,
    90_000,
  );
  expect(failures).toEqual([expect.stringMatching(/another process uses the same bot token/)]);
});
