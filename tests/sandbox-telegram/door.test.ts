import { request } from 'node:http';
import { expect, test } from 'vitest';
import { ADA, botAt, GROUP, telegram } from './support.ts';

/** A bare request, with a Host header of one's own. */
function status(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

test("the people's side opens to this machine's own pages only", async () => {
  const server = await telegram();
  const messages = `${server.url}/_user/messages?chat_id=${GROUP}`;
  expect(await status(messages, {})).toBe(200);
  expect(await status(messages, { host: 'localhost:8080' })).toBe(200);
  for (const path of ['/', '/_sandbox', '/_control/calls', `/_user/messages?chat_id=${GROUP}`]) {
    expect(await status(server.url + path, { host: 'evil.example' })).toBe(403);
    expect(await status(server.url + path, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  }
  const form = await fetch(`${server.url}/_user/send`, {
    method: 'POST',
    body: JSON.stringify({ chat_id: GROUP, user_id: ADA, text: 'forged' }),
  });
  expect(form.status).toBe(400);
  expect(await server.messages()).toEqual([]);
});

test('a request that is not understood gets a sentence', async () => {
  const server = await telegram();
  const refusal = async (path: string, body: object) =>
    (await server.post<{ description: string }>(path, body)).description;
  expect(await refusal('/_user/send', { chat_id: GROUP, text: 'x' })).toContain('user_id');
  expect(await refusal('/_user/send', { chat_id: 5, user_id: ADA, text: 'x' })).toContain('no chat 5');
  expect(await refusal('/_user/send', { chat_id: GROUP, user_id: ADA, text: ' ' })).toContain(
    'visible character',
  );
  expect(await refusal('/_user/press', { chat_id: GROUP, user_id: ADA, message_id: 1 })).toContain('button');
  expect(await server.get('/_user/messages?chat_id=x')).toMatchObject({
    description: 'Expected a whole number as chat_id, got "x".',
  });
});

test('the page comes with a policy that lets in its own scripts only, and with the modules it imports', async () => {
  const server = await telegram();
  const page = await fetch(server.url);
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]+';/);
  expect(policy).not.toContain('unsafe');
  for (const name of ['preact.mjs', 'preact-hooks.mjs', 'preact-jsx-runtime.mjs']) {
    const module = await fetch(`${server.url}/vendor/${name}`);
    expect(module.headers.get('content-type')).toContain('text/javascript');
    expect(await module.text()).toContain('export');
  }
  expect((await fetch(`${server.url}/page/mark.svg`)).headers.get('content-type')).toBe('image/svg+xml');
  expect((await fetch(`${server.url}/page/..%2fwire.ts`)).status).toBe(404);
  expect((await fetch(`${server.url}/page/nothing.css`)).status).toBe(404);
  expect(await server.get('/_sandbox')).toEqual({ chatId: GROUP });
});

test('commands are shown by the narrowest scope that has any', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const shown = (more = '') => server.get(`/_user/commands?chat_id=${GROUP}${more}`);
  const command = (name: string) => [{ command: name, description: `Do ${name}` }];
  expect(await shown()).toEqual([]);
  await api.setMyCommands(command('help'));
  await api.setMyCommands(command('deploy'), { scope: { type: 'all_group_chats' } });
  await api.setMyCommands(command('mine'), { scope: { type: 'chat_member', chat_id: GROUP, user_id: ADA } });
  expect(await shown()).toEqual(command('deploy'));
  expect(await shown(`&user_id=${ADA}`)).toEqual(command('mine'));
  expect(await server.get(`/_user/commands?chat_id=${ADA}`)).toEqual(command('help'));
  expect(await api.getMyCommands({ scope: { type: 'all_group_chats' } })).toEqual(command('deploy'));
  await api.deleteMyCommands({ scope: { type: 'all_group_chats' } });
  expect(await shown()).toEqual(command('help'));
  const refused = await server.call('setMyCommands', { commands: [{ command: 'Big', description: 'x' }] });
  expect(refused.description).toBe('Bad Request: BOT_COMMAND_INVALID');
});

test('members and their standing', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  expect(await api.getChatMember(GROUP, ADA)).toMatchObject({
    status: 'creator',
    user: { first_name: 'Ada' },
  });
  expect(await api.getChatAdministrators(GROUP)).toHaveLength(1);
  expect(await server.call('getChatMember', { chat_id: GROUP, user_id: 99 })).toMatchObject({
    description: 'Bad Request: user not found',
  });
});
