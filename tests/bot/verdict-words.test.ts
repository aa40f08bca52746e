import { expect, test } from 'vitest';
import { question } from '../../src/bot/views/question.ts';
import type { Verdict } from '../../src/plan/verdict.ts';
import { ADA, BEN, DORA, MINUTE, verdictOf, World } from '../rollout/world.ts';
import { labelsOf, textOf } from './shown.ts';

const TEAM = [ADA, BEN, DORA].map(({ id, name, roles }) => ({ id, name, roles: [...roles] }));

/** The question that comes when the first window ends with this verdict. */
function asked(answer: Verdict['answer'], reasons: readonly string[]) {
  const world = new World();
  world.prepare();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  for (let minute = 0; minute < 40 && world.rollout.gates.at(-1)?.outcome; minute++) {
    world.wait(MINUTE);
    world.record({ type: 'judged', verdict: { ...verdictOf(answer, world.now), reasons } });
    world.settle();
  }
  const gate = world.rollout.gates.at(-1);
  if (!gate || gate.outcome) throw new Error('Nothing is asked.');
  const view = question(world.rollout, gate, TEAM);
  return { text: textOf(view), labels: labelsOf(view) };
}

const HIDDEN =
  'Not knowable yet: error rates under 0.4 % (4 times the old rate); twice the old rate would show after about 4 hours more at this traffic.';

test('good: the figures, then what they hide, what happens on yes, and who is asked', () => {
  const { text, labels } = asked('good', [
    'Errors 0.12 % against 0.1 % (0.5 to 2.1 times, 1,240 requests).',
    'p95 184 ms against 181 ms (0.97 to 1.1 times), p50 21 ms against 20 ms.',
    'No worse either: the memory, the CPU.',
    HIDDEN,
  ]);
  expect(text.split('\n')).toEqual([
    'default: v2 from 10 % to 50 %?',
    '30 minutes at 10 %: 🟢 good. Errors 0.12 % against 0.1 % (0.5 to 2.1 times, 1,240 requests). p95 184 ms against 181 ms (0.97 to 1.1 times), p50 21 ms against 20 ms.',
    `No worse either: the memory, the CPU. ${HIDDEN}`,
    'Promote: 50 % of the traffic to v2, judged for 30 minutes before the next question. Hold: it stays at 10 %.',
    expect.stringMatching(/^Started by Ada\. For Ben, Dora\. Expires at \d\d:\d\d UTC, in 2 hours\.$/),
  ]);
  expect(labels).toEqual(['Promote to 50 %', 'Hold 15 minutes', 'Roll back…', 'Chart and logs']);
});

test('bad: who is guilty, how sure that is, and what is not to blame', () => {
  const { text, labels } = asked('bad', [
    'Errors 20 % against 0.1 % (111 to 564 times, 876 requests).',
    'Chance makes fewer than 1 of 1,000 healthy windows look this bad.',
    'p95 86 ms against 93 ms (0.8 to 1.1 times), p50 22 ms against 21 ms.',
  ]);
  expect(text.split('\n')).toEqual([
    '🔴 default: v2 looks bad. Roll back to v1?',
    'Errors 20 % against 0.1 % (111 to 564 times, 876 requests). Chance makes fewer than 1 of 1,000 healthy windows look this bad.',
    'p95 86 ms against 93 ms (0.8 to 1.1 times), p50 22 ms against 21 ms.',
    'Now: v1 90 %, v2 10 %.',
    'Yes: v1 100 % within seconds. No: everything stays as it is.',
    expect.stringMatching(/^For .*\. Expires at \d\d:\d\d UTC, in 2 hours\.$/),
  ]);
  expect(labels).toEqual(['Yes, roll back now', 'No, leave it', 'Chart and logs']);
});

test('too little traffic: how many requests are missing, for what', () => {
  const { text, labels } = asked('too-little-traffic', [
    'The new version answered 7 requests; 5 more are needed to tell anything.',
    'To see 1 failing request in 20 it takes about 100 more requests, 7 hours at this traffic.',
  ]);
  expect(text.split('\n')[1]).toBe(
    '30 minutes at 10 %: 🟡 too little traffic to tell. The new version answered 7 requests; 5 more are needed to tell anything. To see 1 failing request in 20 it takes about 100 more requests, 7 hours at this traffic.',
  );
  expect(labels).not.toContain('Promote to 50 %');
});

test('doubtful: with what something may be wrong, and how often chance does that', () => {
  const { text, labels } = asked('too-little-traffic', [
    'Something may be wrong with the memory, but about 1 of 40 healthy windows looks like this by chance.',
    'Memory 412 MB against 330 MB on average (1.2 to 1.3 times).',
    'Errors 0.12 % against 0.1 % (0.5 to 2.1 times, 1,240 requests).',
    HIDDEN,
  ]);
  expect(text.split('\n').slice(1, 3)).toEqual([
    '30 minutes at 10 %: 🟡 too little traffic to tell. Something may be wrong with the memory, but about 1 of 40 healthy windows looks like this by chance. Memory 412 MB against 330 MB on average (1.2 to 1.3 times).',
    `Errors 0.12 % against 0.1 % (0.5 to 2.1 times, 1,240 requests). ${HIDDEN}`,
  ]);
  expect(labels).not.toContain('Promote to 50 %');
});

test('no figures, and a query that failed, say what is missing and offer no promotion', () => {
  const none = asked('no-data', ['Cloud Monitoring has no figures of these minutes yet.']);
  expect(none.text.split('\n')[1]).toBe(
    '30 minutes at 10 %: ⚪ no figures. Cloud Monitoring has no figures of these minutes yet.',
  );
  const failed = asked('query-failed', ['Cannot read the figures of default: permission <denied>.']);
  expect(failed.text.split('\n')[1]).toBe(
    '30 minutes at 10 %: ⚪ the figures cannot be read. Cannot read the figures of default: permission <denied>.',
  );
  for (const { labels } of [none, failed]) expect(labels).not.toContain('Promote to 50 %');
});

test('however long its reasons are, the question ends with what to do and who is asked, under a picture', () => {
  const { text } = asked(
    'good',
    [...Array(9).keys()].map((i) => `${i}: ${'A long reason. '.repeat(60)}`),
  );
  expect(text.length).toBeLessThanOrEqual(1024);
  expect(text).toMatch(/Expires at \d\d:\d\d UTC, in 2 hours\.$/);
});
