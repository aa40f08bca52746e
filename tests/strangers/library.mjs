/* Somebody else's test, which starts both stand-ins through the package's entries and prints what it saw. */
import { strict as assert } from 'node:assert';
import { startLocalAppEngine } from 'sluice/sandbox/app-engine';
import { REAL_FLOOD, startLocalTelegram } from 'sluice/sandbox/telegram';

async function post(url, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

const telegram = await startLocalTelegram({ people: [{ id: 7, name: 'Grace Hopper' }], flood: REAL_FLOOD });
const { url, token, chatId, faults } = telegram;
const said = await post(`${url}/_user/send`, { chat_id: chatId, user_id: 7, text: '/start' });
assert.equal(said.message.from.username, 'grace_hopper');
const heard = await post(`${url}/bot${token}/getUpdates`, {});
assert.equal(heard.result[0].message.text, '/start');
faults.add({ match: { path: '/sendMessage' }, times: 1, fault: { kind: 'status', code: 502 } }, 'telegram');
const broken = await post(`${url}/bot${token}/sendMessage`, { chat_id: chatId, text: 'Hello' });
assert.equal(broken.error_code, 502);
const sent = await post(`${url}/bot${token}/sendMessage`, { chat_id: chatId, text: 'Hello' });
assert.equal(sent.result.text, 'Hello');
await telegram.close();

const cloud = await startLocalAppEngine({ project: 'elsewhere' });
const app = await (await fetch(`${cloud.url}/v1/apps/elsewhere`)).json();
assert.equal(app.name, 'apps/elsewhere');
const before = cloud.clock.now();
await post(`${cloud.url}/_sandbox/jump`, { ms: 3_600_000 });
assert.ok(cloud.clock.now() - before >= 3_600_000);
await cloud.close();
process.stdout.write('all as expected\n');
