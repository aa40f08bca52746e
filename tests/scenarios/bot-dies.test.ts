import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copySteady } from '../deploy/steady-app.ts';
import { begin } from '../process/children.ts';
import { sluice, tempFolder, until } from '../process/sluice.ts';
import { panelOf } from './stage.ts';

const ADA = 1001;
const BEN = 1002;
const PATIENCE_MS = 120_000;

/** Short windows, in which only errors have a say: the machine is busy with other tests. */
const PLAN = `
services: { default: { source: ./app } }
checklist: []
validation: { checks: [bucket] }
steps:
  - { traffic: 10 %, watch: 10m }
  - { traffic: 50 %, watch: 10m }
  - { traffic: 100 %, watch: 0s }
monitoring:
  say: { latency: advisory, memory: advisory, cpu: advisory, errorLogs: advisory }
`;

test('bot-dies: the bot of sluice start is really killed at 50 %, and another goes on to the same end', async () => {
  const folder = await tempFolder();
  await copySteady(join(folder, 'app'));
  await writeFile(join(folder, 'sluice.yaml'), PLAN);
  const started = begin(['start', '--scenario', 'bot-dies'], folder, {
    SLUICE_PORT: '0',
    SLUICE_DATA_DIR: join(folder, 'data'),
    SLUICE_SPEED: '240',
  });
  const url = /http:\/\/\S+/.exec(await started.line(/http:\/\//))?.[0] ?? '';
  await say(url, '/deploy');
  for (const label of ['The folder', 'v2', 'Start']) await pressOnce(url, label, ADA);
  // Looked out for from now on: the answer to the press may come from the one that follows.
  const dead = until(async () => ((await panelOf(url)).bot === 'dead' ? true : undefined), PATIENCE_MS);
  for (const step of ['10 %', '50 %']) await pressOnce(url, `Promote to ${step}`);
  expect(await dead).toBe(true);
  await until(async () => {
    const { bot, play } = await panelOf(url);
    return play?.told.some((one) => one.say === 'The bot is killed.') && bot === 'alive' ? true : undefined;
  }, PATIENCE_MS);
  await pressOnce(url, 'Promote to 100 %');
  const ended = await until(async () => (await panelOf(url)).play?.ended, PATIENCE_MS);
  expect(ended).toMatchObject({ well: true, say: expect.stringContaining('The bot died and went on') });
  const texts = await textsOf(url);
  for (const asked of ['from 0 % to 10 %?', 'from 10 % to 50 %?', 'from 50 % to 100 %?']) {
    expect(texts.filter((text) => text.includes(asked) && !text.includes('No longer asked'))).toHaveLength(1);
  }
  started.child.kill('SIGINT');
  expect(await started.ended()).toBe(0);
});

test('the scenarios are listed, and one that there is not is refused with the list', async () => {
  const folder = await tempFolder();
  const list = sluice(['start', '--scenario'], folder);
  expect(await list.ended()).toBe(0);
  const names = [...list.out().matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name);
  expect(names).toEqual([
    'clean-release',
    'slow-burn',
    'tail-latency',
    'shared-incident',
    'quiet-night',
    'foreign-hand',
    'bot-dies',
    'app-engine-stuck',
  ]);
  const unknown = sluice(['start', '--scenario', 'quick-burn'], folder);
  expect(await unknown.ended()).toBe(1);
  expect(unknown.err()).toContain('There is no scenario "quick-burn". There are:');
  expect(unknown.err()).toContain('slow-burn');
  const elsewhere = sluice(['start', '--scenario', 'slow-burn'], folder, { GOOGLE_CLOUD_PROJECT: 'theirs' });
  expect(await elsewhere.ended()).toBe(1);
  expect(elsewhere.err()).toContain('unset TELEGRAM_BOT_TOKEN and GOOGLE_CLOUD_PROJECT');
});

interface Said {
  readonly message_id: number;
  readonly text?: string;
  readonly caption?: string;
  readonly reply_markup?: { readonly inline_keyboard?: readonly (readonly { readonly text: string }[])[] };
}

async function chatOf(url: string): Promise<{ chat: number; messages: Said[] }> {
  const { chatId } = (await (await fetch(`${url}/_sandbox`)).json()) as { chatId: number };
  const reply = await fetch(`${url}/_user/messages?chat_id=${chatId}`);
  return { chat: chatId, messages: ((await reply.json()) as { messages: Said[] }).messages };
}

async function act(url: string, path: string, body: object): Promise<boolean> {
  const { chat } = await chatOf(url);
  const { ok } = await fetch(`${url}/_user/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: chat, ...body }),
  });
  return ok;
}

const say = (url: string, text: string) => act(url, 'send', { user_id: ADA, text });

/** Presses the newest button that begins so, as soon as there is one. */
async function pressOnce(url: string, label: string, person = BEN): Promise<void> {
  const found = await until(async () => {
    const { messages } = await chatOf(url);
    for (const { message_id: id, reply_markup: markup } of messages.toReversed()) {
      const button = markup?.inline_keyboard?.flat().find(({ text }) => text.startsWith(label));
      if (button) return { message_id: id, button: button.text };
    }
    return undefined;
  }, PATIENCE_MS);
  expect(await act(url, 'press', { user_id: person, ...found })).toBe(true);
}

async function textsOf(url: string): Promise<string[]> {
  return (await chatOf(url)).messages.map(({ text = '', caption = text }) => caption);
}
