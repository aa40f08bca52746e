import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import {
  createFiguresAndLogs,
  type ErrorLine,
  type FiguresAndLogsOptions,
} from '../../src/bot/figures-and-logs.ts';
import { renderChart } from '../../src/monitor/index.ts';
import type { Clock } from '../../src/plan/clock.ts';
import { BEN, MINUTE, World } from '../rollout/world.ts';
import { type LocalTelegram, startLocalTelegram } from './local-telegram.ts';

const GROUP = -1009;
const TOKEN = '7000000001:abcdefghijklmnopqrstuvwxyzABCDEFGHI';
const AT = Date.UTC(2026, 0, 5, 12);

let folder: string;
let telegram: LocalTelegram;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-figures-'));
  telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people: { 1002: 'Ben' } });
});
afterAll(async () => {
  await telegram.close();
  await rm(folder, { recursive: true, force: true });
});

interface Shown {
  readonly message_id: number;
  readonly caption?: string;
  readonly text?: string;
  readonly photo?: readonly object[];
  readonly document?: { readonly file_id: string; readonly file_name: string };
  readonly reply_to_message?: { readonly message_id: number };
}

async function messages(): Promise<Shown[]> {
  const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${GROUP}`);
  return ((await reply.json()) as { messages: Shown[] }).messages;
}

function released() {
  const world = new World();
  world.prepare();
  world.open('good');
  return { ...world.rollout, chat: { id: GROUP } };
}

/** Sends what is asked for as an answer to a message of its own. @returns what came, and who was put on record. */
async function ask(change: Partial<FiguresAndLogsOptions>) {
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  const question = await api.sendMessage(GROUP, 'from 10 % to 50 %?');
  const record: string[] = [];
  const failures: string[] = [];
  const peoplesClock: Clock = { now: () => AT, sleep: () => new Promise(() => {}) };
  const { send } = createFiguresAndLogs({
    api,
    peoplesClock,
    drawChart: () =>
      renderChart({
        title: 'default',
        from: AT,
        to: AT + MINUTE,
        change: { at: AT, label: 'from here' },
        canary: 'v2',
        baseline: 'v1',
        points: [],
      }),
    errorLogs: async () => [],
    handedOut: (by, what) => record.push(`${by.name}: ${what}`),
    failed: (what) => failures.push(what),
    ...change,
  });
  await send(released(), BEN, question.message_id);
  const came = (await messages()).filter((m) => m.message_id > question.message_id);
  for (const { reply_to_message: to } of came) expect(to?.message_id).toBe(question.message_id);
  return { came, record, failures, api };
}

const line = (i: number, text = `POST /orders 500 failure ${i}`): ErrorLine => ({ at: AT - i * 1000, text });

test('a quiet version: the chart, the judge’s words, and that there are no error logs', async () => {
  const { came, record } = await ask({});
  expect(came).toHaveLength(1);
  expect(came[0]?.photo?.length).toBeGreaterThan(0);
  expect(came[0]?.caption).toBe('default: v2\n🟢 good. It is good.\nNo error logs.');
  expect(record).toEqual([expect.stringMatching(/^Ben: chart and logs of default v2, rollout \w+$/)]);
});

test('few short lines stand under the chart', async () => {
  const { came } = await ask({ errorLogs: async () => [line(1), line(2)] });
  expect(came).toHaveLength(1);
  expect(came[0]?.caption).toMatch(
    /\nThe newest error logs:\n11:59 UTC POST \/orders 500 failure 1\n11:59 UTC POST \/orders 500 failure 2$/,
  );
});

test('many lines, and what does not fit, come whole as a file', async () => {
  const all = [line(1, `Error: <boom>\n  at ${'x'.repeat(300)}`), ...[2, 3, 4, 5, 6, 7].map((i) => line(i))];
  const { came, api } = await ask({ errorLogs: async (_, limit) => all.slice(0, limit) });
  expect(came.map((m) => m.document?.file_name)).toEqual([undefined, 'default-v2-errors.txt']);
  expect(came[0]?.caption).toContain(
    'The newest error logs (7 lines in the file):\n11:59 UTC Error: <boom> at xxx',
  );
  const { file_path: path } = await api.getFile(came[1]?.document?.file_id ?? '');
  const content = await (await fetch(`${telegram.url}/file/bot${TOKEN}/${path}`)).text();
  expect(content).toBe(all.map(({ at, text }) => `${new Date(at).toISOString()} ${text}\n`).join(''));
});

test('what cannot be had is said, and the rest comes all the same', async () => {
  const denied = async (): Promise<never> => {
    throw new Error('Google said no: <permission denied>.');
  };
  const blind = await ask({ drawChart: denied, errorLogs: async () => [line(1)] });
  expect(blind.came[0]?.text).toMatch(
    /The chart cannot be drawn: Google said no: <permission denied>\.\nThe newest error logs:/,
  );
  const silent = await ask({ errorLogs: denied });
  expect(silent.came[0]?.caption).toMatch(/The error logs cannot be read: Google said no/);
  expect([...blind.failures, ...silent.failures]).toEqual(['a picture', 'the error logs']);
});

test('a question that was deleted meanwhile keeps nothing back', async () => {
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  const question = await api.sendMessage(GROUP, 'soon gone');
  await api.deleteMessage(GROUP, question.message_id);
  const { send } = createFiguresAndLogs({
    api,
    peoplesClock: { now: () => AT, sleep: () => new Promise(() => {}) },
    drawChart: async () => undefined,
    errorLogs: async () => [],
    handedOut: () => {},
    failed: () => {},
  });
  await send(released(), BEN, question.message_id);
  expect((await messages()).at(-1)?.text).toMatch(/No error logs\.$/);
});
