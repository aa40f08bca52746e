import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { press } from './chat.ts';
import { begin, beginWorld } from './children.ts';
import { tempFolder, until } from './sluice.ts';

test('a tap that App Engine kept waiting is not lost when the bot is killed meanwhile, though Telegram takes it for done', {
  timeout: 120_000,
}, async () => {
  const folder = await tempFolder();
  await writeFile(
    join(folder, 'sluice.yaml'),
    'checklist: []\nvalidation: { checks: [service, files] }\nsteps:\n  - { traffic: 100 %, watch: 1m }\n',
  );
  const env = await beginWorld(folder);
  const chat = env.SLUICE_SANDBOX ?? '';
  const first = begin(['run'], folder, env);
  await first.line(/is up/);
  const sample = new URL('../../examples/signals', import.meta.url).pathname;
  const running = begin(['deploy', sample, '--version=v2'], folder, env);
  await running.line(/Promote v2 to 100 %\?/);

  const stuck = {
    match: { server: 'app-engine', method: 'GET', path: '/services/default' },
    fault: { kind: 'hang' },
  };
  await faults(chat, 'POST', stuck);
  void until(async () => ((await press(chat, 'Promote to 100 %').catch(() => true)) ? true : undefined));
  const tap = await until(async () => {
    const text = await readFile(join(folder, 'bot', 'unfinished.json'), 'utf8').catch(() => '{}');
    const { updates = [] } = JSON.parse(text) as { updates?: { callback_query?: object }[] };
    return updates.find(({ callback_query }) => callback_query);
  });
  expect(tap).toMatchObject({ callback_query: { from: { id: 1002 } } });
  // A second poll has told Telegram that the tap is done.
  await until(async () => ((await pending(chat)) === 0 ? true : undefined));
  first.child.kill('SIGKILL');
  await first.ended();
  await faults(chat, 'DELETE');

  const second = begin(['run'], folder, env);
  await second.line(/is up/);
  expect(await running.ended()).toBe(0);
  expect(running.out()).toMatch(/Done: v2 has all of the traffic\.\n$/);
  await until(async () => {
    const { updates } = JSON.parse(await readFile(join(folder, 'bot', 'unfinished.json'), 'utf8')) as {
      updates: object[];
    };
    return updates.length === 0 ? true : undefined;
  });
});

async function faults(chat: string, method: 'POST' | 'DELETE', rule?: object): Promise<void> {
  const reply = await fetch(`${chat}/_sandbox/faults`, {
    method,
    ...(rule && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(rule) }),
  });
  expect(await reply.json()).toMatchObject({ ok: true });
}

/** Updates that Telegram would still hand over. */
async function pending(chat: string): Promise<number> {
  const { token } = (await (await fetch(`${chat}/_sandbox`)).json()) as { token: string };
  const info = (await (await fetch(`${chat}/bot${token}/getWebhookInfo`)).json()) as {
    result: { pending_update_count: number };
  };
  return info.result.pending_update_count;
}
