import { expect, test } from 'vitest';
import { orderFault } from '../bot/order-fault.ts';
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
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(refused.description).toBe(`Too Many Requests: retry after ${seconds}`);
  await server.send(ADA, '/start', { chat_id: ADA });
  for (let count = 0; count < 5; count++) await api.sendMessage(ADA, 'private');
});

test('a fault hits so many calls of its method', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const fault = { kind: 'status', code: 429, retry_after: 7 } as const;
  await orderFault(server.url, 'sendMessage', fault, { times: 2 });
  for (const _ of [1, 2]) {
    const error = await thrown(api.sendMessage(GROUP, 'x'));
    expect(error).toMatchObject({ error_code: 429, description: 'Too Many Requests: retry after 7' });
  }
  await api.sendMessage(GROUP, 'x');
  expect(await server.messages()).toHaveLength(1);
});

test('an accepted call whose answer is lost took effect, and the client sees a network error', async () => {
  const server = await telegram();
  await orderFault(server.url, 'sendMessage', { kind: 'lost-answer' });
  const error = await thrown(botAt(server.url).api.sendMessage(GROUP, 'there'));
  expect(error.constructor.name).toBe('HttpError');
  expect((await server.messages()).map(({ text }) => text)).toEqual(['there']);
});

test('while a fault keeps the poll from coming through, updates wait, and none is lost', async () => {
  const server = await telegram();
  const rule = await orderFault(server.url, 'getUpdates', { kind: 'reset' }, {});
  await server.send(ADA, '/status');
  expect(await thrown(botAt(server.url).api.getUpdates())).toBeInstanceOf(Error);
  await fetch(`${server.url}/_sandbox/faults/${rule}`, { method: 'DELETE' });
  const updates = await botAt(server.url).api.getUpdates();
  expect(updates.map(({ message }) => message?.text)).toEqual(['/status']);
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
