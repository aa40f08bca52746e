import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhookCallback } from 'grammy';
import { expect, onTestFinished, test } from 'vitest';
import { ADA, botAt, GROUP, seen, telegram, thrown } from './support.ts';

type Answer = (request: IncomingMessage) => { readonly status: number; readonly body?: object };

/** A webhook that answers as it is told, and the texts of what came. */
async function receiver(answer: Answer) {
  const came: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    came.push((JSON.parse(body) as { message: { text: string } }).message.text);
    const { status, body: reply } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return { came, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test('updates come with the secret, in order, and again after a refusal', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const secrets = new Set<unknown>();
  let refusals = 1;
  const hook = await receiver(({ headers }) => {
    secrets.add(headers['x-telegram-bot-api-secret-token']);
    return { status: refusals-- > 0 ? 500 : 200 };
  });
  await server.send(ADA, '/before');
  await api.setWebhook(hook.url, { secret_token: 'sesame' });
  await server.send(ADA, '/after');
  await expect.poll(() => hook.came, { timeout: 5000 }).toEqual(['/before', '/before', '/after']);
  expect([...secrets]).toEqual(['sesame']);
  await expect
    .poll(() => api.getWebhookInfo())
    .toMatchObject({
      url: hook.url,
      pending_update_count: 0,
      last_error_message: expect.stringContaining('500'),
    });
  expect((await thrown(api.getUpdates())).description).toBe(
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  );
  await api.deleteWebhook();
  await server.send(ADA, '/polled');
  expect(await api.getUpdates()).toMatchObject([{ message: { text: '/polled' } }]);
  expect(hook.came).toHaveLength(3);
});

test('setting a webhook ends the poll that waits; a method in the answer is run', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const hook = await receiver(() => ({
    status: 200,
    body: { method: 'sendMessage', chat_id: GROUP, text: 'by the answer' },
  }));
  const waiting = thrown(api.getUpdates({ timeout: 30 }));
  await expect.poll(() => server.get('/_control/calls')).toMatchObject({ calls: [{ method: 'getUpdates' }] });
  await api.setWebhook(hook.url);
  expect((await waiting).description).toBe('Conflict: terminated by setWebhook request');
  await server.send(ADA, '/go');
  await seen(server, ({ text }) => text === 'by the answer');
});

test("grammY's own webhook handler answers a command", async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  bot.command('go', (ctx) => ctx.reply('gone'));
  const handle = webhookCallback(bot, 'http', { secretToken: 'sesame' });
  const hook = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    hook.close();
  });
  const { port } = hook.address() as AddressInfo;
  await bot.api.setWebhook(`http://localhost:${port}/`, { secret_token: 'sesame' });
  await server.send(ADA, '/go');
  await seen(server, ({ text }) => text === 'gone');
});

test('an address elsewhere, and a secret with other characters, are refused', async () => {
  const { api } = botAt((await telegram()).url);
  expect((await thrown(api.setWebhook('https://example.com/'))).description).toContain('this machine only');
  expect((await thrown(api.setWebhook('nonsense'))).description).toBe(
    'Bad Request: invalid webhook URL specified',
  );
  expect((await thrown(api.setWebhook('http://127.0.0.1:1/', { secret_token: 'a b' }))).description).toBe(
    'Bad Request: secret token contains unallowed characters',
  );
});
