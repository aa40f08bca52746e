import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { forgivingEdits } from '../../src/bot/sending.ts';
import { startLocalTelegram } from './local-telegram.ts';
import { hitsOf, orderFault } from './order-fault.ts';

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:dialogue-edits-token';

async function question() {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-edits-'));
  const telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people: { 1: 'Ada' } });
  onTestFinished(async () => {
    await telegram.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  const { message_id: id } = await api.sendMessage(GROUP, 'Which version?');
  return { telegram, api, id, conclude: () => api.editMessageText(GROUP, id, 'Which version? v2') };
}

test('an answer counts for a dialogue though its question cannot be made to show it, which is told', async () => {
  const { telegram, api, id, conclude } = await question();
  await conclude();
  await expect(conclude()).rejects.toThrow(/message is not modified/);

  const failures: string[] = [];
  api.config.use(forgivingEdits((what, error) => failures.push(`${what}: ${(error as Error).message}`)));
  // As after a crash: it stands already, and nobody need hear of it.
  await conclude();
  expect(failures).toEqual([]);
  await api.editMessageText(GROUP, id + 7, 'Which version? v2');
  await orderFault(telegram.url, 'editMessageText', { kind: 'reset' }, { times: 4 });
  await conclude();
  expect(failures).toEqual([
    expect.stringMatching(/^a question that was answered: .*message to edit not found/),
    expect.stringMatching(/^a question that was answered: Network request for 'editMessageText' failed!/),
  ]);
});

test('a call that is never answered is made once more', { timeout: 60_000 }, async () => {
  const { telegram, conclude } = await question();
  const silence = await orderFault(telegram.url, 'editMessageText', { kind: 'hang' });
  expect(await conclude()).toMatchObject({ text: 'Which version? v2' });
  expect(await hitsOf(telegram.url, silence)).toBe(1);
});
