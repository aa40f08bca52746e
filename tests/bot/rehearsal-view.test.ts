import { expect, test } from 'vitest';
import { card } from '../../src/bot/views/card.ts';
import { question } from '../../src/bot/views/question.ts';
import { rehearse } from '../../src/monitor/index.ts';
import { observationDue } from '../../src/rollout/observation.ts';
import { openGate } from '../../src/rollout/state.ts';
import { ADA, BEN, DRAFT, MINUTE, verdictOf, World } from '../rollout/world.ts';
import { labelsOf, textOf } from './shown.ts';

const TEAM = [ADA, BEN].map(({ id, name, roles }) => ({ id, name, roles: [...roles] }));

test('in rehearsal a bad verdict is shown with what it would have done, beside the button that promotes', () => {
  const watching = { ...DRAFT.terms.watching, rehearsal: true };
  const world = new World({ ...DRAFT, terms: { ...DRAFT.terms, watching } });
  world.prepare();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  for (let minute = 0; minute < 40; minute++) {
    world.wait(MINUTE);
    const window = observationDue(world.rollout, world.now);
    if (window) world.record({ type: 'judged', verdict: rehearse(verdictOf('bad', window.to)) });
    world.settle();
  }
  const gate = openGate(world.rollout, 'promote');
  if (!gate) throw new Error('Nobody is asked.');
  const view = question(world.rollout, gate, TEAM);
  expect(textOf(view)).toMatch(/🔴 bad\./);
  expect(textOf(view)).toMatch(/In rehearsal: it would have asked for a rollback\./);
  expect(labelsOf(view)).toEqual(expect.arrayContaining(['Promote to 50 %']));
  expect(labelsOf(view).join(' ')).not.toMatch(/Overrule/);
  expect(textOf(card(world.rollout, { now: world.now }))).not.toMatch(/is not offered/);
});
