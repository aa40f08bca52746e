import { expect, test } from 'vitest';
import { card } from '../../src/bot/views/card.ts';
import { sharedDrift } from '../../src/bot/views/drift.ts';
import { notice } from '../../src/bot/views/notice.ts';
import { question, reminder } from '../../src/bot/views/question.ts';
import type { Terms } from '../../src/rollout/draft.ts';
import { CareWorld } from '../rollout/care-world.ts';
import { ADA, BEN, DORA, DRAFT, MINUTE, World } from '../rollout/world.ts';
import { labelsOf, textOf } from './shown.ts';

const TEAM = [ADA, BEN, DORA].map(({ id, name, roles }) => ({ id, name, roles: [...roles] }));

function asked(approval: Partial<Terms['approval']> = {}): World {
  const world = new World({
    ...DRAFT,
    terms: { ...DRAFT.terms, approval: { ...DRAFT.terms.approval, ...approval } },
  });
  world.prepare();
  world.patrol();
  return world;
}

function newest(world: World) {
  const gate = world.rollout.gates.at(-1);
  if (!gate) throw new Error('Nothing was asked.');
  return gate;
}

function shown(world: World, team = TEAM): { text: string; labels: string[] } {
  const view = question(world.rollout, newest(world), team);
  return { text: textOf(view), labels: labelsOf(view) };
}

const cardOf = (world: World) => textOf(card(world.rollout, { now: world.now }));

test('votes are shown with who is still missing, can be taken back, and name who no longer counts', () => {
  const world = asked({ needed: 3, twoPerson: false });
  world.answer('promote', 'yes', BEN);
  world.answer('promote', 'yes', DORA);
  const { text, labels } = shown(world);
  expect(text).toMatch(/For Ada\. 3 approvers must say yes\./);
  expect(text).toMatch(/✔️ Ben said yes at 12:00 UTC\.\n✔️ Dora said yes at 12:00 UTC\.\n1 more yes needed\.$/);
  expect(labels).toContain('Take my yes back');

  const without = TEAM.filter(({ id }) => id !== BEN.id);
  expect(shown(world, without).text).toMatch(
    /Ben’s yes counts no more: .*\n.*Dora.*\n2 more yeses needed\.$/,
  );
  expect(shown(asked()).labels).not.toContain('Take my yes back');
});

test('the reminder asks what is asked, says when it ends and whom it is for, and can be answered', () => {
  const world = asked();
  expect(reminder(world.rollout, newest(world), TEAM)).toBeUndefined();
  world.wait(90 * MINUTE);
  const view = reminder(world.rollout, newest(world), TEAM);
  if (!view) throw new Error('Nobody is reminded.');
  expect(textOf(view)).toMatch(
    /^⏰ default: v2 from 0 % to 10 %\?\nNobody has settled it yet\. It expires at 14:00 UTC, in 30 minutes; .*\nFor Ben, Dora\.$/,
  );
  expect(labelsOf(view)).toEqual(shown(world).labels);
  world.answer('promote', 'yes', BEN);
  const after = reminder(world.rollout, newest(world), TEAM);
  expect(after && textOf(after)).toMatch(/➡️ Ben said yes at 13:30 UTC\.$/);
  expect(after && labelsOf(after)).toEqual([]);
});

test('who promoted alone, and why, stands on the question, the card and the announcement', () => {
  const world = new World({
    ...DRAFT,
    terms: { ...DRAFT.terms, steps: [{ traffic: 1000, watch: 0 }] },
  });
  world.prepare();
  world.answer('promote', 'emergency', ADA, 'Orders <fail>.');
  expect(shown(world).text).toMatch(/➡️ Ada promoted alone, in an emergency at .*: “Orders <fail>\.”/);
  world.finish('done');
  expect(cardOf(world)).toContain('✅ 100 % · ⚠️ Ada alone: “Orders <fail>.”');
  const said = notice(world.rollout);
  expect(said && textOf(said.view)).toContain(
    'Approved: 100 % by Ada (alone, in an emergency: “Orders <fail>.”).',
  );
  world.act({ type: 'roll-back', reason: 'After all.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  world.finish('done');
  world.finish('done');
  expect(cardOf(world)).toContain('↩️ 100 %');
});

test('a drift says what was found, what was expected, and what each answer does', () => {
  const world = asked();
  world.live = { shardBy: 'RANDOM', shares: { v1: 600, v2: 400 } };
  world.versions = { ...world.versions, v2: { created: 99, serving: true } };
  world.patrol();
  const { text, labels } = shown(world);
  expect(text).toMatch(
    /^default: the traffic was moved by another hand\. What now\?\nExpected: v1 100 %\.\nFound: v1 60 %, v2 40 %\.\n⚠️ v2 was deployed anew since it was checked/,
  );
  expect(text).toMatch(/Keep it: it is checked anew, .* Put it back: v1 100 %\. Stop here: /);
  expect(labels).toEqual(['Keep it', 'Put it back', 'Stop here']);
  expect(cardOf(world)).toContain('🛑 Waiting for an answer below: the traffic was moved by another hand.');
});

test('a version that is gone offers nothing that needs it', () => {
  const world = asked();
  world.versions = { ...world.versions, v2: null };
  world.patrol();
  const { text, labels } = shown(world);
  expect(text).toMatch(
    /^default: v2 was deleted by another hand\. What now\?\nTraffic, as before: v1 100 %\./,
  );
  expect(text).not.toMatch(/Keep it|Put it back/);
  expect(labels).toEqual(['Stop here']);
});

test('after care the card and the question tell of the drift, and of its end', () => {
  const world = new CareWorld();
  world.live = { shardBy: 'RANDOM', shares: { v1: 1000 } };
  world.patrol();
  expect(cardOf(world)).toContain('🛑 It was out, but the traffic was moved by another hand: see below.');
  expect(shown(world).text).toMatch(/Keep it: the traffic stays as it was found, and after-care ends\./);
  expect(shown(world).labels).toEqual(['Keep it', 'Put it back']);
  world.answer('drift', 'adopt', BEN);
  expect(cardOf(world)).toContain('🏁 Done: v2 had all of the traffic until another hand moved it away.');
});

test('cron jobs that another hand changed are told line by line', () => {
  const change = { create: ['every 5 hours: /x?a=1&b=2'], remove: ['every 1 hours: /y'], same: 1 };
  expect(textOf({ html: sharedDrift(asked().rollout, change).text })).toMatch(
    /^⏰ default: the cron jobs were changed while v2 is released, and not by it\.\n➕ every 5 hours: \/x\?a=1&b=2\n➖ every 1 hours: \/y\nAll is left as it is/,
  );
  const routing = (before: string[], after: string[]) =>
    textOf({
      html: sharedDrift(asked().rollout, { create: [], remove: [], same: 2, routes: { before, after } }).text,
    });
  expect(routing(['*/a → a'], ['*/b → b'])).toMatch(
    /^⏰ default: the routing was changed while .*\n➕ \*\/b → b\n➖ \*\/a → a\n/,
  );
  expect(routing(['*/a → a', '*/* → b'], ['*/* → b', '*/a → a'])).toMatch(
    /the routing was changed .*\nIts rules stand in another order/,
  );
});

test('where the plan rolls back what nobody answers, the question says when, and the notice that it did', () => {
  const world = asked({ rollBackAfter: 10 * MINUTE });
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  while (newest(world).topic.kind !== 'roll-back') {
    world.wait(MINUTE);
    world.judge('bad');
  }
  expect(shown(world).text).toMatch(
    /Without an answer it is rolled back at .*, in 10 minutes, if it is still bad\. \/hold/,
  );
  for (let minute = 0; minute < 12; minute++) {
    world.wait(MINUTE);
    world.judge('bad');
  }
  expect(shown(world).text).toMatch(/➡️ The plan said yes at .*: “nobody answered for 10 minutes”/);
  world.finish('done');
  const said = notice(world.rollout);
  expect(said && textOf(said.view)).toContain(
    'Asked for by the judge, done by the plan: nobody answered for 10 minutes.',
  );
});
