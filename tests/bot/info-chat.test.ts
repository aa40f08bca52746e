import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bot } from 'grammy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanerFor } from '../../src/adapters/cleaner.ts';
import { windowsFrom } from '../../src/adapters/monitor.ts';
import { connectTelegram, poll } from '../../src/bot/bot.ts';
import type { BotContext } from '../../src/bot/context.ts';
import { handleInfo } from '../../src/bot/info/install.ts';
import { INFO_COMMANDS } from '../../src/bot/info/menu.ts';
import { connectCloud } from '../../src/deploy/index.ts';
import { localEndpoints } from '../../src/local.ts';
import { connectMonitoring } from '../../src/monitor/index.ts';
import { systemClock } from '../../src/plan/clock.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { openGuard } from '../../src/rollout/guard.ts';
import { pastOf } from '../../src/rollout/past.ts';
import type { Store } from '../../src/rollout/ports.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { localAppEngine } from '../deploy/local-app-engine.ts';
import { until } from '../process/sluice.ts';
import { fullJournal } from './journal.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:info-test-token';
const [ADA, BEN, CLEO] = [1001, 1002, 1003];

let telegram: LocalTelegram;
let folder: string;
let store: Store;
let bot: Bot<BotContext>;
let polling: Promise<void>;
let refused: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-info-'));
  const people = { [ADA]: 'Ada', [BEN]: 'Ben', [CLEO]: 'Cleo' };
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people });
  store = openFileStore(folder);
  refused = [];
});

afterEach(async () => {
  await bot.stop();
  await polling;
  await telegram.close();
  await rm(folder, { recursive: true });
});

/** A bot that knows these commands alone, over the real wire to both sides. */
async function begin(appEngineUrl = 'http://127.0.0.1:9'): Promise<void> {
  const { appengine, logging, storage, monitoring } = localEndpoints(appEngineUrl);
  const to = { project: 'demo', clock: systemClock, log: () => undefined };
  const cloud = connectCloud({ ...to, endpoints: { appengine, logging, storage } });
  const plan = builtInPlan();
  // The journal that is told of here lies a few days ahead.
  const later = { ...systemClock, now: () => Date.UTC(2026, 11, 24) };
  bot = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  handleInfo(bot, {
    plan,
    store,
    clock: systemClock,
    guard: await openGuard(store, plan.freeze, systemClock),
    team: {
      members: () => [
        { id: ADA, name: 'Ada', roles: ['operator'] },
        { id: BEN, name: 'Ben', roles: ['approver'] },
      ],
    },
    readTraffic: (signal) => cloud.readTraffic(signal),
    drawWindow: windowsFrom(connectMonitoring({ ...to, clock: later, endpoint: monitoring })),
    rollouts: () => [],
    refused: (by, attempt) => refused.push(`${by.name}: ${attempt}`),
    failed: (what, error) => expect.unreachable(`${what}: ${error}`),
    restorer: {
      compare: () => Promise.reject(new Error('Nothing is brought back here.')),
      traffic: () => Promise.reject(new Error('Nothing is brought back here.')),
      cron: () => Promise.reject(new Error('Nothing is brought back here.')),
    },
    auditor: { handOut: () => Promise.reject(new Error('No one asks for the audit here.')) },
    cleaner: cleanerFor(cloud, store, { all: () => [] }, plan.cleaning, systemClock),
  });
  polling = new Promise((resolve, reject) => {
    bot.catch(({ error }) => reject(error));
    poll(bot, () => {}, reject).then(resolve, reject);
  });
}

interface Message {
  readonly message_id: number;
  readonly from: { readonly is_bot: boolean };
  readonly text?: string;
  readonly caption?: string;
  readonly document?: { readonly file_name: string; readonly url: string };
}

/** Says something and waits for the bot's answer to it. */
async function ask(person: number, text: string): Promise<Message> {
  const reply = await fetch(`${telegram.url}/_user/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: GROUP, user_id: person, text }),
  });
  const { message } = (await reply.json()) as { message: Message };
  return until(async () =>
    (await messages()).find((m) => m.message_id > message.message_id && m.from.is_bot),
  );
}

async function messages(): Promise<Message[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${GROUP}`);
  return ((await reply.json()) as { messages: Message[] }).messages;
}

test('Telegram takes every answer: to nobody’s harm, and without a project that answers', async () => {
  await begin();
  for (const { command } of INFO_COMMANDS) {
    expect((await ask(CLEO, `/${command} <b>x</b> &amp; y`)).text).toMatch(/\S/);
  }
  expect(refused).toEqual([
    'Cleo: /audit <b>x</b> &amp; y',
    'Cleo: /freeze <b>x</b> &amp; y',
    'Cleo: /unfreeze <b>x</b> &amp; y',
    'Cleo: /lock <b>x</b> &amp; y',
    'Cleo: /unlock <b>x</b> &amp; y',
  ]);
});

test('a freeze and a lock outlive the bot, and /traffic tells them', async () => {
  const { appEngine } = await localAppEngine(60);
  await begin(appEngine.url);
  expect((await ask(ADA, '/plan')).text).toMatch(/^How a release of default goes\nNow: v1 100 %\n/);
  expect((await ask(ADA, '/versions')).text).toMatch(
    /^default: 1 version, newest first\n🔹 v1 100 % · nodejs20 · serving/,
  );
  expect((await ask(ADA, '/freeze for 2h <An audit>')).text).toMatch(
    /until .* UTC \(in 2 hours\)\.\nAda: <An audit>\.\n/,
  );
  expect((await ask(ADA, '/lock defualt Moving')).text).toMatch(/^🔒 defualt is locked\.\n/);
  // App Engine was asked beside, and nobody waited for it.
  await until(async () =>
    (await messages()).find(({ text }) =>
      text?.endsWith('Did you mean default? There is only default. The lock is taken away again.'),
    ),
  );
  expect((await ask(ADA, '/lock default Moving')).text).toMatch(/^🔒 default is locked\.\nAda: Moving\.\n/);
  await bot.stop();
  await polling;
  store = openFileStore(folder);
  await begin(appEngine.url);
  expect((await ask(CLEO, '/traffic')).text).toMatch(
    /^default: v1 100 %\n\s*🔒 default is locked by Ada since .*: Moving\./,
  );
  expect((await ask(ADA, '/unlock default Done')).text).toMatch(
    /takes the role approver or admin; you have operator/,
  );
  expect((await ask(BEN, '/unlock default Done')).text).toMatch(
    /^🔓 default is unlocked\..*\n❄️ Releases are frozen by Ada until/,
  );
  expect((await ask(BEN, '/unfreeze Done')).text).toBe('Ada’s freeze (<An audit>) is ended.');
  expect(refused).toEqual(['Ada: /unlock default Done']);
});

test('/history leads to /report, which comes as a document of its own', async () => {
  const events = fullJournal();
  await store.keep('evidence/k3f9x2ab/1.2-1.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0));
  await store.append('k3f9x2ab', 0, events);
  await store.close('k3f9x2ab', pastOf(fold(events)));
  await begin();
  expect((await ask(CLEO, '/history')).text).toMatch(
    /↩️ default v2-signals rolled back 30 Nov 2026, .*: Twice the signals .* · k3f9x2ab\n/,
  );
  const { caption, document } = await ask(CLEO, '/report');
  // The project does not answer here; the document comes all the same.
  expect(caption).toMatch(/^default: v2-signals\. Opens in any browser.* Charts are missing: /);
  expect(document?.file_name).toBe('default-v2-signals-k3f9x2ab.html');
  const body = await (await fetch(telegram.url + document?.url)).text();
  expect(body).toMatch(/^<!doctype html>/);
  expect(body).toContain('alt="approval &lt;1&gt;.png" src="data:image/png;base64,iVBORwA="');
  expect(body).toContain(`All ${events.length} lines of the record`);
  expect((await ask(CLEO, '/report k3f9x2ab')).document?.file_name).toBe(document?.file_name);
  expect((await ask(CLEO, '/report nope')).text).toBe('There is no rollout nope. /history lists them.');
  expect((await ask(CLEO, '/report ../team')).text).toMatch(/'\.\.\/team' is not the id of a rollout/);
});
