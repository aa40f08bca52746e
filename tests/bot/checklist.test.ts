import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { MINUTE } from '../../src/plan/duration.ts';
import type { ChecklistItem } from '../../src/plan/terms.ts';
import { ADA, assembleTeam, BEN, type ChatMessage, CLEO, type Team } from '../story/team.ts';
import { orderFault } from './order-fault.ts';

let team: Team;
afterEach(() => team.close());

function item(text: string, more: Partial<ChecklistItem> = {}): ChecklistItem {
  return { text, required: true, within: MINUTE, ...more };
}

/** Through the wizard, to the first section. */
async function begin(sections: readonly { title: string; items: readonly ChecklistItem[] }[]): Promise<void> {
  team = await assembleTeam(60, { checklist: sections, validation: { checks: [], commands: [] } });
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.waitFor(/\(1 of \d\)/);
}

const TWO = [
  { title: 'Testing', items: [item('Run the tests'), item('Try it by hand')] },
  { title: 'Documents', items: [item('Update the README')] },
];

async function standing(words: RegExp): Promise<ChatMessage[]> {
  return (await team.messages()).filter((m) => m.from.is_bot && words.test(m.text ?? ''));
}

async function pressIn(person: number, words: RegExp, label: string) {
  const message = await team.waitFor(words);
  const button = message.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === label);
  return team.pressOn(person, message.message_id, button?.callback_data ?? `no button ${label}`);
}

async function sendFile(person: number, file: File, text: string): Promise<void> {
  const form = new FormData();
  form.set('chat_id', String(team.sandbox.telegram?.chat));
  form.set('user_id', String(person));
  form.set('text', text);
  form.set('document', file);
  const reply = await fetch(`${team.sandbox.telegram?.url}/_user/send`, { method: 'POST', body: form });
  expect(reply.ok).toBe(true);
}

test('a command that fails says why, and ticks its item once it passes', { timeout: 60_000 }, async () => {
  const done = join(await mkdtemp(join(tmpdir(), 'sluice-command-')), 'done');
  const run = `echo '1 & 2 pass'; sleep 2; test -e ${done} || { echo "only <39> of 40"; exit 3; }`;
  await begin([{ title: 'Testing', items: [item('Run the tests', { run }), item('Sign')] }]);
  expect(await team.press(ADA, '▶️ Run 1')).toMatchObject({ text: 'Running.' });
  await team.waitFor(/⏳ running: 1 & 2 pass \(Ada\)/);
  await team.waitFor(/❌ its command failed at .*: ended with 3\. only <39> of 40/);
  await writeFile(done, '');
  await team.press(BEN, '▶️ Run 1');
  await team.waitFor(/✅ 1\. Run the tests \(Ben, .*\)\n\s*🟢 its command passed/);
  expect(await standing(/: Testing/)).toHaveLength(1);
});

test('several people at once: each section in the chat is true, whoever ticks', {
  timeout: 60_000,
}, async () => {
  await begin(TWO);
  await pressIn(ADA, /: Testing/, 'Next section');
  await team.waitFor(/: Documents/);
  await pressIn(BEN, /: Testing/, '⬜ 2');
  await team.waitFor(/✅ 2\. Try it by hand \(Ben/);
  await pressIn(ADA, /: Documents/, '⬜ 1');
  await team.waitFor(/✅ 1\. Update the README \(Ada/);
  await team.waitFor(/: Testing[\s\S]*Open here: 1 required\./);
  await pressIn(ADA, /: Documents/, '✅ 1');
  await team.waitFor(/⬜ 1\. Update the README/);
  const refused = await pressIn(CLEO, /: Testing/, '⬜ 1');
  expect(refused).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/neither operator nor approver/),
  });

  await Promise.all([pressIn(ADA, /: Testing/, '⬜ 1'), pressIn(BEN, /: Documents/, '⬜ 1')]);
  await team.waitFor(/Checklist 3 of 3/);
  expect(await standing(/: (Testing|Documents)/)).toHaveLength(2);
  const left = async () => (await team.buttons()).filter((label) => /^(⬜|✅)|Tick all/.test(label));
  await expect.poll(left, { timeout: 30_000 }).toEqual([]);
});

test('the next section comes by itself, and /checklist brings the open one to the end', {
  timeout: 60_000,
}, async () => {
  await begin(TWO);
  const [first] = await standing(/: Testing/);
  await team.send(BEN, '/checklist');
  await expect
    .poll(async () => (await standing(/: Testing/)).map((m) => m.message_id), { timeout: 30_000 })
    .not.toContain(first?.message_id);
  expect(await standing(/: Testing/)).toHaveLength(1);
  await team.press(BEN, 'Tick all');
  await team.waitFor(/: Documents \(2 of 2\)/);
  await team.restartBot();
  await team.press(ADA, 'Tick all');
  await team.waitFor(/Checklist 3 of 3/);
});

test('notes and files become evidence, also when the number is forgotten', { timeout: 60_000 }, async () => {
  await begin(TWO);
  await team.press(BEN, 'Note or file');
  await team.waitFor(/your note, or a photo or file/);
  await team.send(BEN, '2 On <four> instruments.');
  await team.waitFor(/📝 On <four> instruments\. \(Ben/);

  await team.press(ADA, 'Note or file');
  await team.waitFor(/Ada: your note/);
  await sendFile(ADA, new File(['all green'], 'the report (final).txt'), 'as asked for');
  await team.waitFor(/For which item is it\?/);
  await team.restartBot();
  await team.press(ADA, '1');
  await team.waitFor(/📎 the report \(final\)\.txt \(Ada/);
  const folder = join(team.dataDir, 'kept', 'evidence');
  const names = await readdir(folder, { recursive: true });
  const kept = names.find((name) => /1\.1-[\w-]+-the_report_final_\.txt$/.test(name)) ?? names.join();
  expect(await readFile(join(folder, kept), 'utf8')).toBe('all green');

  await team.press(ADA, 'Note or file');
  await team.waitFor(/Ada: your note/);
  await sendFile(ADA, new File([new Uint8Array(21 * 1024 * 1024)], 'dump.bin'), '1');
  await team.waitFor(/up to 20 MB, and this one has 21 MB/);
});

test('going on with required items open takes another approver and a reason', {
  timeout: 60_000,
}, async () => {
  await begin([{ title: 'Testing', items: [item('Run the tests'), item('Paint', { required: false })] }]);
  expect(await team.press(ADA, 'Go on with open items')).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/takes the role approver/),
  });
  await team.press(BEN, 'Go on with open items');
  await team.waitFor(/Ben: why is it right to go on with required items open \(1\.1\)\?/);
  await team.send(BEN, 'The exchange is down.');
  await team.waitFor(/Checklist 0 of 2, 2 left open by Ben: The exchange is down\./);
});

test('a hold takes a reason, stays until /resume, and only for those with a role', {
  timeout: 60_000,
}, async () => {
  await begin(TWO);
  await team.send(ADA, '/hold');
  await team.waitFor(/Ada: why is it put on hold\?/);
  await team.send(ADA, 'Ben is away.');
  await team.waitFor(/On hold: nobody is asked/);
  await team.send(ADA, '/hold default again');
  await team.waitFor(/Ada holds it already: Ben is away\./);
  await team.send(CLEO, '/resume');
  await team.waitFor(/neither operator nor approver/);
  await team.send(BEN, '/resume default');
  await team.waitFor(/default: v\S+ goes on\./);
  await team.send(BEN, '/resume');
  await team.waitFor(/Nothing is on hold\./);
});

test('a tap that reached the bot too late to be answered is worked off all the same', {
  timeout: 60_000,
}, async () => {
  await begin(TWO);
  const late = 'Bad Request: query is too old and response timeout expired or query ID is invalid';
  const url = team.sandbox.telegram?.url ?? '';
  await orderFault(url, 'answerCallbackQuery', { kind: 'status', code: 400, message: late });
  expect(await team.press(ADA, 'Note or file')).toMatchObject({ answered: false });
  await team.waitFor(/Ada: your note/);
  expect(await standing(/did not work/)).toEqual([]);
});
