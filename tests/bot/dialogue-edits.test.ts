import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectTelegram } from '../../src/bot/bot.ts';
import { unchangedIsDone } from '../../src/bot/sending.ts';
import { startLocalTelegram } from './local-telegram.ts';

const GROUP = -1_001_234_567_890;
const TOKEN = '7000000001:dialogue-edits-token';

test('an edit that stands already, as after a crash, is done for a dialogue; one that cannot be made is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-edits-'));
  const telegram = await startLocalTelegram(folder, { token: TOKEN, group: GROUP, people: { 1: 'Ada' } });
  onTestFinished(async () => {
    await telegram.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { api } = connectTelegram({ token: TOKEN, apiRoot: telegram.url });
  const { message_id: id } = await api.sendMessage(GROUP, 'Which version?');
  const conclude = () => api.editMessageText(GROUP, id, 'Which version? v2');
  await conclude();
  await expect(conclude()).rejects.toThrow(/message is not modified/);

  api.config.use(unchangedIsDone);
  await conclude();
  await expect(api.editMessageText(GROUP, id + 7, 'Which version? v2')).rejects.toThrow(
    /message to edit not found/,
  );
});
