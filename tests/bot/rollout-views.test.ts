import { expect, test } from 'vitest';
import { card } from '../../src/bot/views/card.ts';
import { notice } from '../../src/bot/views/notice.ts';
import { question } from '../../src/bot/views/question.ts';
import type { Draft } from '../../src/rollout/draft.ts';
import type { Check } from '../../src/rollout/events.ts';
import type { Bar } from '../../src/rollout/guard.ts';
import { ADA, BEN, DORA, DRAFT, MINUTE, START, World } from '../rollout/world.ts';
import { labelsOf, textOf } from './shown.ts';

const TEAM = [ADA, BEN, DORA].map(({ id, name, roles }) => ({ id, name, roles: [...roles] }));

function begin(change: Partial<Draft> = {}, terms: Partial<Draft['terms']> = {}): World {
  return new World({ ...DRAFT, ...change, terms: { ...DRAFT.terms, ...terms } });
}

function cardOf(world: World, progress?: string): string {
  const moment = { now: world.now, ...(progress && { progress }), ...(world.bar && { bar: world.bar }) };
  return textOf(card(world.rollout, moment));
}

/** The newest question. */
function asked(world: World): { text: string; labels: string[] } {
  const gate = world.rollout.gates.at(-1);
  if (!gate) throw new Error('Nothing was asked.');
  const view = question(world.rollout, gate, TEAM);
  return { text: textOf(view), labels: labelsOf(view) };
}

function told(world: World): string {
  const said = notice(world.rollout, world.bar);
  if (!said) throw new Error(`Nothing is told at ${world.rollout.stage.at}.`);
  return textOf(said.view);
}

const tick = (world: World) =>
  world.act({ type: 'mark', items: ['1.1', '1.2'], mark: { kind: 'done' } }, ADA);
const effect = (world: World) => world.rollout.pending?.effect.id ?? '';

/** As far as the effect of that kind, which has not ended. */
function upTo(world: World, kind: string): void {
  tick(world);
  for (let n = 0; n < 9 && world.rollout.pending?.effect.kind !== kind; n++) world.finish('done');
}

const FAILED: Check[] = [
  { name: 'git', ok: true, detail: 'clean' },
  { name: 'tests', ok: false, detail: 'ended with 1', output: `${'.'.repeat(900)}\n1 of 40 <failed> & more` },
];

test('validation that fails names what failed, with the end of its output, and how to go on', () => {
  const world = begin();
  upTo(world, 'validate');
  expect(cardOf(world, 'tests: 12 of 40')).toContain(
    '🧪 Looking whether all is there that the release takes. tests: 12 of 40',
  );
  world.record({ type: 'validated', effect: effect(world), checks: FAILED });
  world.settle();
  expect(cardOf(world)).toContain('❌ Validation: 1 of 2 checks failed: tests');
  const { text, labels } = asked(world);
  expect(text).toMatch(
    /^default: the validation failed\. Try again\?\n❌ tests: ended with 1\. 1 of 40 <failed> & more\n…\.+/,
  );
  expect(text).toMatch(/1 of 40 <failed> & more\n1 other check passed\.\nNothing was changed so far\./);
  expect(labels).toEqual(['Try again', 'Cancel the rollout', 'Overrule, with a reason…']);

  expect(world.answer('stuck', 'overrule', BEN, 'The test is <flaky>.')).toBe(true);
  expect(asked(world).text).toContain('➡️ Ben overruled the checks at 12:00 UTC: “The test is <flaky>.”');
  expect(cardOf(world)).toContain('failed: tests. Overruled by Ben');
  for (let n = 0; n < 4; n++) world.finish('done');
  expect(asked(world).text).toContain('❌ tests: ended with 1\n⚠️ Ben overruled that: “The test is <flaky>.”');
});

test('a question that was answered keeps its own words when a later try finds something else', () => {
  const world = begin();
  upTo(world, 'validate');
  world.record({ type: 'validated', effect: effect(world), checks: FAILED });
  world.settle();
  const [first] = world.rollout.gates;
  world.answer('stuck', 'retry', ADA);
  const other = { name: 'quota', ok: false, detail: 'none left' };
  world.record({ type: 'validated', effect: effect(world), checks: [other] });
  world.settle();
  if (!first) throw new Error('Nothing was asked.');
  const before = world.rollout.gates[0] ?? first;
  expect(textOf(question(world.rollout, before, TEAM))).toContain('tests: ended with 1');
  expect(textOf(question(world.rollout, before, TEAM))).not.toContain('quota');
  expect(asked(world).text).toContain('❌ quota: none left');
});

test('cron jobs: what would change, what follows, and what became of it', () => {
  const world = begin();
  world.cron = {
    create: ['every 1 hours: /tasks/<expire>'],
    remove: ['every day 09:00: /tasks/report'],
    same: 2,
  };
  upTo(world, 'compare-cron');
  world.finish('done');
  expect(cardOf(world)).toContain('✋ Waiting for an answer below: may the cron jobs change?');
  const { text, labels } = asked(world);
  expect(text).toContain(
    '➕ every 1 hours: /tasks/<expire>\n➖ every day 09:00: /tasks/report\n2 jobs stay as now.\nCron jobs call whichever version has the traffic',
  );
  expect(labels).toEqual(['Apply', 'Leave the jobs as they are']);
  world.answer('cron', 'yes', ADA);
  expect(asked(world).text).toContain('➡️ Ada has them changed at 12:00 UTC.');
  world.finish('done');
  expect(cardOf(world)).toContain('✅ Cron jobs: 1 created, 1 deleted');
});

test('cron jobs that are left alone, or are the same, say so', () => {
  const left = begin();
  left.cron = { create: ['every 1 hours: /x'], remove: [], same: 0 };
  upTo(left, 'compare-cron');
  left.finish('done');
  left.answer('cron', 'no', ADA);
  expect(cardOf(left)).toContain('✅ Cron jobs: left as they are');
  const same = begin();
  same.prepare();
  expect(cardOf(same)).toContain('✅ Cron jobs: unchanged');
});

test('the first question has the changes and, when all passed, one line of checks', () => {
  const world = begin({ rejected: { why: 'It lost orders.', at: Date.UTC(2025, 10, 22) } });
  upTo(world, 'deploy');
  const changes = Array.from({ length: 9 }, (_, i) => `env variable KEY${i} added`);
  const deployed = { type: 'deployed', effect: effect(world), versionUrl: 'http://v2' } as const;
  world.record({ ...deployed, files: 3, uploaded: 1, changes });
  world.settle();
  for (let n = 0; n < 3; n++) world.finish('done');
  const { text } = asked(world);
  expect(text).toContain('⚠️ v2 was rolled back on 22 Nov: It lost orders.');
  expect(text).toContain('✅ All passed: 1 validation, 1 check of the new version.');
  expect(text).toMatch(/What changes:\n• env variable KEY0 added\n[\s\S]*… and 4 more\./);
  expect(cardOf(world)).toContain('⚠️ v2 was rolled back on 22 Nov: It lost orders.');
});

test('a hold, a freeze and a lock are on the card, with who, why and how they end', () => {
  const world = begin();
  world.prepare();
  world.act({ type: 'hold', reason: 'Lunch & rest.' }, ADA);
  expect(cardOf(world)).toContain(
    '⏸ It stays at 0 %: 10 % is not asked for now.\n⏸ Ada holds it: Lunch & rest. /resume',
  );
  world.act({ type: 'resume' }, BEN);
  expect(cardOf(world)).not.toContain('/resume');

  const freeze: Bar = { kind: 'freeze', why: 'Market hours.', until: START + 90 * MINUTE };
  world.bar = freeze;
  world.settle();
  expect(cardOf(world)).toContain(
    '❄️ Releases are frozen until 5 Jan, 13:30 UTC: Market hours. /unfreeze REASON',
  );
  world.bar = { kind: 'lock', why: 'v1 was rolled back.', since: START };
  expect(cardOf(world)).toContain('🔒 default is locked: v1 was rolled back. /unlock default REASON');
});

test('the announcement of a release: changes, figures, approvals, after-care, the way back', () => {
  const world = begin();
  world.prepare();
  for (let n = 0; n < 3; n++) world.open();
  expect(world.rollout.stage.at).toBe('done');
  const text = told(world);
  expect(text).toContain(
    '🏁 default: v2 is done.\nIt has all of the traffic, 1 hour 20 minutes after Ada started it.',
  );
  expect(text).toContain('Last figures: Errors 0.00 % against 0.00 %');
  expect(text).toContain('Approved: 10 % by Ben, 50 % by Ben, 100 % by Ben.');
  expect(text).toMatch(
    /After-care: first look 5 Jan, \d\d:\d\d UTC \(Hourly\); verdict on the success criteria on 12 Jan\./,
  );
  expect(text).toContain('/rollback takes it back to v1 100 %.');
  const before = told(world);
  world.wait(5 * 60 * MINUTE);
  expect(told(world)).toBe(before);
});

test('a rollback is told as soon as the traffic is back, and completed when the rest is', () => {
  const world = begin();
  world.prepare();
  world.open();
  world.act({ type: 'roll-back', reason: 'It smells.' }, ADA);
  world.answer('roll-back', 'yes', BEN);
  expect(notice(world.rollout)).toBeUndefined();
  world.finish('done');
  expect(world.rollout.stage.at).toBe('put-back');
  expect(told(world)).toContain('↩️ default is rolled back. Traffic is back on v1');
  expect(told(world)).toContain('⏳ Cron jobs and files follow.');
  expect(cardOf(world)).toContain('↩️ Traffic is back (v1 100 %). Putting cron jobs and files back.');
  expect(notice(world.rollout)?.key).toBe('back');

  world.record({
    type: 'put-back',
    effect: effect(world),
    checks: [{ name: 'cron jobs', ok: true, detail: '2 jobs as before' }],
  });
  world.settle();
  expect(told(world)).not.toContain('locked');
  world.bar = { kind: 'lock', why: 'v2 was rolled back: It smells.', since: world.now };
  const text = told(world);
  expect(notice(world.rollout)?.key).toBe('back');
  expect(text).toContain(
    'Why: It smells.\nAsked for by Ada, approved by Ben.\n✅ cron jobs: 2 jobs as before',
  );
  expect(text).toContain(
    '🔒 default is locked: nothing is released until an approver sends /unlock default REASON.',
  );
  expect(cardOf(world)).toContain('✅ cron jobs: 2 jobs as before');
});

test('what cannot be put back is asked about, and the traffic is said to be back', () => {
  const world = begin();
  world.prepare();
  world.open();
  world.act({ type: 'roll-back', reason: 'It smells.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  world.finish('done');
  world.finish('failed');
  const { text, labels } = asked(world);
  expect(text).toMatch(
    /the traffic is back, but not all of the rest[\s\S]*Leave it: cron jobs and files stay/,
  );
  expect(labels).toEqual(['Try again', 'Leave it']);
  expect(told(world)).toContain('🛑 That waits for an answer.');
  world.answer('stuck', 'no', ADA);
  expect(told(world)).toContain('The rest was left as it is.');
});

test('a plan that leaves the word to the team’s own announcements has the chat told of neither end', () => {
  const world = begin({}, { announce: { chat: false, deployed: [], rolledBack: [] } });
  world.prepare();
  for (let n = 0; n < 3; n++) world.open();
  expect(notice(world.rollout)).toBeUndefined();
  world.act({ type: 'roll-back', reason: 'It smells.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  world.finish('done');
  world.finish('done');
  expect(world.rollout.stage.at).toBe('rolled-back');
  expect(notice(world.rollout)).toBeUndefined();
});

test('an announcement of the team’s own that failed is on the card', () => {
  const deployed = [{ name: 'tell <all>', run: 'false', within: MINUTE }];
  const world = begin({}, { announce: { chat: true, deployed, rolledBack: [] } });
  world.prepare();
  for (let n = 0; n < 3; n++) world.open();
  const checks = [{ name: 'tell <all>', ok: false, detail: 'ended with 1' }];
  world.record({ type: 'announced', effect: effect(world), what: 'deployed', checks });
  expect(cardOf(world)).toContain('📣 The announcement “tell <all>” failed: ended with 1');
});

test('open items that somebody went on with stay on the card', () => {
  const world = begin();
  world.act({ type: 'mark', items: ['1.1'], mark: { kind: 'done' } }, ADA);
  world.act({ type: 'close-checklist', reason: 'It burns.' }, BEN);
  expect(cardOf(world)).toContain('✅ Checklist 1 of 2, 1 left open by Ben: It burns.');
  for (let n = 0; n < 5; n++) world.finish('done');
  expect(asked(world).text).toContain('⚠️ Ben left 1 item of the checklist open: “It burns.”');
});

test('a plan without validation is not shown as if it were left out', () => {
  const none = begin();
  expect(cardOf(none)).not.toContain('Validation');
  const some = begin({}, { validation: { checks: ['git'], commands: [] } });
  expect(cardOf(some)).toContain('▫️ Validation');
});

test('a release that another one took over has no way back on offer any more', () => {
  const world = begin();
  world.prepare();
  for (let n = 0; n < 3; n++) world.open();
  expect(labelsOf(card(world.rollout, { now: world.now }))).toEqual(['Roll back…']);
  world.record({ type: 'closed' });
  expect(labelsOf(card(world.rollout, { now: world.now }))).toEqual([]);
  expect(cardOf(world)).toContain('🏁 Done: v2 had all of the traffic until another version took over.');
  expect(told(world)).toContain('Another version has taken over since.');
  expect(told(world)).not.toContain('/rollback');
});
