import { expect, test } from 'vitest';
import { exported, sluice, tempFolder, until } from './sluice.ts';

test('started without people, it prints a code, and whoever sends that in the group is the admin', async () => {
  const folder = await tempFolder();
  const world = sluice(['sandbox'], folder, { SLUICE_PORT: '0', SLUICE_DATA_DIR: folder });
  await world.line(/SLUICE_SANDBOX/);
  // As in real life: only a token, and nobody has named the group or the people.
  const { SLUICE_SANDBOX: page, TELEGRAM_CHAT_ID: chat, ...env } = exported(world.out());
  const settings = { ...env, SLUICE_DATA_DIR: `${folder}/bot`, LOG_LEVEL: 'trace' };
  const bot = sluice(['run'], folder, settings);
  const code = /\/claim (\S+)/.exec(await bot.line(/\/claim/))?.[1] ?? '';

  const told = async () => {
    const reply = await fetch(`${page}/_user/messages?chat_id=${chat}`);
    return JSON.stringify(await reply.json());
  };
  await fetch(`${page}/_user/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: Number(chat), user_id: 1003, text: `/claim ${code}` }),
  });
  await until(async () => ((await told()).includes('Cleo its admin') ? true : undefined));
  bot.child.kill('SIGINT');
  expect(await bot.ended()).toBe(0);
  expect(bot.err()).not.toContain(code);

  const again = sluice(['run'], folder, settings);
  await again.line(/is up/);
  again.child.kill('SIGINT');
  expect(await again.ended()).toBe(0);
  expect(again.out()).not.toContain('/claim');
  world.child.kill('SIGINT');
  expect(await world.ended()).toBe(0);
});
