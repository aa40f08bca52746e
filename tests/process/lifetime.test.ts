import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { exported, type Process, sluice, tempFolder, until } from './sluice.ts';

interface Info {
  telegram: string;
  appEngine: string;
  proxy: string;
  speed: number;
  chatId: number;
  token: string;
  people: { id: number; roles: string[] }[];
}

async function addressOf(process: Process): Promise<string> {
  const line = await process.line(/http:\/\//);
  return /http:\/\/\S+/.exec(line)?.[0] ?? '';
}

const infoOf = async (address: string) => (await (await fetch(`${address}/_sandbox`)).json()) as Info;

/** The processes that this one has started, and theirs. */
function descendants(process: Process): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const found: number[] = [];
  const search = [process.child.pid ?? -1];
  for (let parent = search.pop(); parent !== undefined; parent = search.pop()) {
    const children = pairs.filter(([, ppid]) => ppid === parent).map(([pid = -1]) => pid);
    found.push(...children);
    search.push(...children);
  }
  return found;
}

const alive = (pids: number[]) =>
  pids.filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  });

async function say(info: Info, user: number, text: string): Promise<void> {
  await fetch(`${info.telegram}/_user/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: info.chatId, user_id: user, text }),
  });
}

async function chatText(info: Info): Promise<string> {
  const reply = await fetch(`${info.telegram}/_user/messages?chat_id=${info.chatId}`);
  const { messages } = (await reply.json()) as { messages: { text?: string }[] };
  return messages.map((message) => message.text ?? '').join('\n');
}

test('start prints one address that answers, and Ctrl-C ends everything it started', async () => {
  const folder = await tempFolder();
  const running = sluice(['start'], folder, { SLUICE_PORT: '0', SLUICE_DATA_DIR: folder });
  const address = await addressOf(running);
  expect(running.out().trim().split('\n')).toHaveLength(1);
  const info = await infoOf(address);
  expect(info).toMatchObject({
    telegram: address,
    speed: 30,
    chatId: expect.any(Number),
    token: expect.any(String),
  });
  expect(info.people.map((person) => person.roles)).toEqual([['operator'], ['approver'], []]);
  const app = await fetch(`${info.proxy}/healthz`);
  expect(app.status).toBe(200);

  const started = descendants(running);
  expect(started.length).toBeGreaterThan(0);

  running.child.kill('SIGINT');
  expect(await running.ended()).toBe(0);
  await until(() => (alive(started).length === 0 ? true : undefined), 5_000);
  await expect(fetch(info.proxy)).rejects.toThrow();
});

test('killed outright and started again, it goes on with the same chat and the same App Engine', async () => {
  const folder = await tempFolder();
  const settings = { SLUICE_PORT: '0', SLUICE_DATA_DIR: folder };
  const first = sluice(['start'], folder, settings);
  const before = await infoOf(await addressOf(first));
  await say(before, 1001, '/help');
  await until(async () => ((await chatText(before)).includes('one gate at a time') ? true : undefined));

  await fetch(`${before.proxy}/healthz`);
  const started = descendants(first);
  expect(started.length).toBeGreaterThan(0);
  first.child.kill('SIGKILL');
  await first.ended();
  await until(() => (alive(started).length === 0 ? true : undefined), 10_000);

  const second = sluice(['start'], folder, settings);
  const after = await infoOf(await addressOf(second));
  expect(await chatText(after)).toContain('one gate at a time');
  await say(after, 1001, '/status');
  await until(async () => ((await chatText(after)).includes('No rollout so far') ? true : undefined));
  second.child.kill('SIGTERM');
  expect(await second.ended()).toBe(0);
});

test('the bot alone works against a sandbox in another process', async () => {
  const folder = await tempFolder();
  const world = sluice(['sandbox'], folder, { SLUICE_PORT: '0', SLUICE_DATA_DIR: folder });
  await world.line(/SLUICE_SANDBOX/);
  const printed = exported(world.out());
  const bot = sluice(['run'], folder, { ...printed, SLUICE_DATA_DIR: `${folder}/bot` });
  await bot.line(/is up/);
  const info = await infoOf(printed.SLUICE_SANDBOX ?? '');
  await say(info, 1001, '/deploy');
  await until(async () => ((await chatText(info)).includes('what is to be released') ? true : undefined));
  for (const process of [bot, world]) {
    process.child.kill('SIGINT');
    expect(await process.ended()).toBe(0);
  }
});
