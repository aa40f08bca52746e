import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ADA, assembleTeam, type ChatMessage, type Team } from '../story/team.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

function dataOf({ reply_markup }: ChatMessage, label: string): string {
  const button = reply_markup?.inline_keyboard?.flat().find(({ text }) => text.startsWith(label));
  if (button?.callback_data === undefined) throw new Error(`There is no button "${label}".`);
  return button.callback_data;
}

/** All that is written of dialogues. */
async function remembered(folder: string): Promise<string> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join();
}

test('killed between a question and the memory of it, a dialogue asks once more, and a tap on the first copy counts', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam();
  const here = team;
  const [dialogues, before] = [join(here.dataDir, 'dialogues'), join(here.dataDir, 'before')];
  await here.send(ADA, '/deploy');
  await here.press(ADA, 'The folder');
  const which = await here.waitFor(/what shall the new version be called\?/);
  const v2 = dataOf(which, 'v2');
  await expect
    .poll(() => remembered(dialogues), { timeout: 50_000 })
    .toMatch(/shall the new version be called/);
  // What the tap led to is written after it is asked; the bot dies in between.
  await cp(dialogues, before, { recursive: true });
  await here.pressOn(ADA, which.message_id, v2);
  const first = await here.waitFor(/default: release v2/);
  await here.restartBot(async () => {
    await rm(dialogues, { recursive: true });
    await cp(before, dialogues, { recursive: true });
  });
  await here.pressOn(ADA, which.message_id, v2);
  const confirming = async () =>
    (await here.messages()).filter(({ text = '' }) => /default: release v2/.test(text));
  await expect.poll(async () => (await confirming()).length, { timeout: 50_000 }).toBe(2);

  await here.pressOn(ADA, first.message_id, dataOf(first, 'Start'));
  await here.waitFor(/Only one/);
  for (const { text, reply_markup } of await confirming()) {
    expect(text).toMatch(/➡️ Start/);
    expect(reply_markup?.inline_keyboard ?? []).toEqual([]);
  }
});
