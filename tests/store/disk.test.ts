import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { sluice, tempFolder } from '../process/sluice.ts';
import { doAct, play, show, waitFor } from '../torture/play.ts';
import { type Act, SCENARIOS } from '../torture/scenarios.ts';
import { journalIn } from '../torture/step.ts';
import { ADA, openWorld, type World } from '../torture/world.ts';

const PATIENCE = { lost: 90_000, most: 90_000 };

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** A bot in a process of its own, and its checklist on the way. */
const CHECKLIST = SCENARIOS.find(({ name }) => name === 'checklist');
if (!CHECKLIST) throw new Error("There is no scenario 'checklist'.");
const { plan, acts, from } = CHECKLIST;
const toTheList = acts.slice(0, from);

test('a full disk, and a read-only one: the tap is told so, nothing is half told, and it goes on once there is room', {
  timeout: 300_000,
}, async () => {
  world = await openWorld(plan, async () => {});
  const said = (words: RegExp) => waitFor(running, PATIENCE.most, (m) => words.test(show(m)));
  const running = world;
  await play(running, toTheList, toTheList.length, PATIENCE);
  const tick: Act = { who: ADA, press: '⬜ 1', until: /✅ 1\. It is ready/ };
  const answered = running.answers.length;

  await running.failDisk('ENOSPC');
  await doAct(running, tick, PATIENCE);
  await until(() => running.answers.length > answered);
  expect(running.answers.at(-1)).toMatch(/^Nothing was changed\. The disk of .* is full\. Free some of it/);
  expect(journalIn(running.dataDir).map(({ type }) => type)).toEqual(['started']);
  expect(show(await said(/Only one/))).toContain('⬜ 1. It is ready');

  await running.failDisk('EROFS');
  await doAct(running, tick, PATIENCE);
  await until(() => running.answers.length > answered + 1);
  expect(running.answers.at(-1)).toMatch(/^Nothing was changed\. The disk of .* is read-only\. Mount it/);

  await running.failDisk(undefined);
  await play(running, [tick], 0, PATIENCE);
  expect(journalIn(running.dataDir).map(({ type }) => type)).toEqual(['started', 'item-marked']);
  expect(running.victim.kills()).toBe(0);
  running.victim.check();
  const left = await readdir(join(running.dataDir, 'rollouts', 'live'));
  expect(left.filter((name) => !name.endsWith('.json'))).toEqual([]);
});

test('a journal that is torn: it is put aside, the chat hears of it, and its service waits for a person', {
  timeout: 300_000,
}, async () => {
  world = await openWorld(
    plan,
    async () => {},
    undefined,
    async (dataDir) => {
      await mkdir(join(dataDir, 'rollouts', 'live'), { recursive: true });
      const torn = '{"schema":2,"events":[{"type":"started","draft":{"id":"abc","service":"default","ver';
      await writeFile(join(dataDir, 'rollouts', 'live', 'abc.json'), torn);
    },
  );
  const running = world;
  const warning = await waitFor(running, PATIENCE.most, (m) => show(m).includes('could not be used'));
  expect(show(warning)).toMatch(/rollouts\/live\/abc\.json, kept as abc\.json\.bad-/);
  expect(show(warning)).toContain('nothing is let out of default');
  await running.send(ADA, '/deploy');
  await waitFor(running, PATIENCE.most, (m) => /default is locked/.test(show(m)));
  expect(journalIn(running.dataDir)).toEqual([]);
  // Whoever has looked after it ends the wait.
  const open: Act = { who: ADA, send: '/unlock default Looked after it', until: /is unlocked/ };
  await play(running, [open, ...toTheList], 9, PATIENCE);
});

test('a folder that cannot be one is named, with what to do', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'file'), '');
  const bot = sluice(['run'], folder, {
    TELEGRAM_BOT_TOKEN: '123456:abcdefghijklmnop',
    GOOGLE_CLOUD_PROJECT: 'demo',
    SLUICE_DATA_DIR: 'file',
  });
  expect(await bot.ended()).toBe(1);
  expect(bot.err()).toMatch(
    /file should be a folder, but a file is in its way\. Move that file\. \(EEXIST\)/,
  );
});

test('a folder on a disk that is read-only is named, with what to do', async () => {
  const folder = await tempFolder();
  const data = join(folder, 'data');
  await mkdir(data);
  const bot = sluice(['run'], folder, {
    TELEGRAM_BOT_TOKEN: '123456:abcdefghijklmnop',
    GOOGLE_CLOUD_PROJECT: 'demo',
    SLUICE_DATA_DIR: data,
    READ_ONLY: data,
    NODE_OPTIONS: `--import ${new URL('read-only.mjs', import.meta.url).href}`,
  });
  expect(await bot.ended()).toBe(1);
  expect(bot.err()).toMatch(/^The disk of .*\/data is read-only\. Mount it for writing: .* \(EROFS\)$/m);
});

async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 50));
}
