import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ADA, botAt, GROUP, type Seen, telegram, temporaryFolder } from './support.ts';

async function serverProcess(
  dataDir: string,
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { url, child };
}

test('what a killed server had acknowledged is there again: messages, edits, updates', async () => {
  const dataDir = temporaryFolder();
  const { url, child } = await serverProcess(dataDir);
  const { api } = botAt(url);
  const acknowledged = new Map<number, string>();
  const said: string[] = [];

  async function bot(): Promise<void> {
    for (let count = 0; ; count++) {
      const { message_id: id } = await api.sendMessage(GROUP, `m${count}`);
      acknowledged.set(id, `m${count}`);
      await api.editMessageText(GROUP, id, `e${count}`);
      acknowledged.set(id, `e${count}`);
    }
  }
  async function person(): Promise<void> {
    for (let count = 0; ; count++) {
      const body = JSON.stringify({ chat_id: GROUP, user_id: ADA, text: `/c${count}` });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/_user/send`, { method: 'POST', headers, body });
      const { message } = (await response.json()) as { message: Seen };
      acknowledged.set(message.message_id, `/c${count}`);
      said.push(`/c${count}`);
      if (count === 20) child.kill('SIGKILL');
    }
  }
  const ends = await Promise.allSettled([bot(), person()]);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(said.length).toBeGreaterThan(20);

  const after = await telegram({ dataDir });
  const shown = new Map((await after.messages()).map(({ message_id: id, text }) => [id, text]));
  for (const [id, text] of acknowledged) {
    // An edit under way when the server died may have gone through unseen.
    const kept = shown.get(id);
    expect([text, text.replace('m', 'e')]).toContain(kept);
  }
  const updates = await botAt(after.url).api.getUpdates();
  const heard = updates.map(({ message }) => message?.text);
  expect(heard).toEqual(expect.arrayContaining(said));
  expect(new Set(heard).size).toBe(heard.length);
});
