import { expect, test } from 'vitest';
import { ADA, botAt, GROUP, telegram, thrown } from './support.ts';

interface Call {
  id: number;
  method: string;
  status: number;
  params: Record<string, string>;
}

test('a group takes so many sends and edits a minute, a private chat has no such budget', async () => {
  const server = await telegram({ flood: { perChatPerMinute: 3 } });
  const { api } = botAt(server.url);
  const sent = await api.sendMessage(GROUP, 'one');
  await api.sendMessage(GROUP, 'two');
  await api.editMessageText(GROUP, sent.message_id, 'three');
  const refused = await thrown(api.sendMessage(GROUP, 'four'));
  expect(refused).toMatchObject({ error_code: 429, parameters: { retry_after: expect.any(Number) } });
  const { retry_after: seconds } = (refused as unknown as { parameters: { retry_after: number } }).parameters;
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(refused.description).toBe(`Too Many Requests: retry after ${seconds}`);
  await server.send(ADA, '/start', { chat_id: ADA });
  for (let count = 0; count < 5; count++) await api.sendMessage(ADA, 'private');
});

test('a scripted failure hits so many calls of its method', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await server.post('/_control/fail', { method: 'sendMessage', times: 2, error_code: 429, retry_after: 7 });
  for (const _ of [1, 2]) {
    const error = await thrown(api.sendMessage(GROUP, 'x'));
    expect(error).toMatchObject({ error_code: 429, description: 'Too Many Requests: retry after 7' });
  }
  await api.sendMessage(GROUP, 'x');
  expect(await server.messages()).toHaveLength(1);
  const refused = await server.post('/_control/fail', { method: 'sendMessage', error: 500 });
  expect(refused).toMatchObject({ ok: false, error_code: 400 });
});

test('an accepted call whose answer is lost took effect, and the client sees a network error', async () => {
  const server = await telegram();
  await server.post('/_control/fail', { method: 'sendMessage', accept: true });
  const error = await thrown(botAt(server.url).api.sendMessage(GROUP, 'there'));
  expect(error.constructor.name).toBe('HttpError');
  expect((await server.messages()).map(({ text }) => text)).toEqual(['there']);
});

test('every call is on the record, with its parameters and its outcome', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await api.sendMessage(GROUP, 'one');
  await thrown(api.sendMessage(GROUP, ''));
  const { calls } = await server.get<{ calls: Call[] }>('/_control/calls');
  expect(calls.map(({ method, status }) => [method, status])).toEqual([
    ['sendMessage', 200],
    ['sendMessage', 400],
  ]);
  expect(calls[0]?.params).toMatchObject({ chat_id: String(GROUP), text: 'one' });
  expect(await server.get(`/_control/calls?after=${calls[1]?.id}`)).toEqual({ ok: true, calls: [] });
});
