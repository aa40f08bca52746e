import { expect, test } from 'vitest';
import type { Draft, Terms } from '../../src/rollout/draft.ts';
import type { Check } from '../../src/rollout/events.ts';
import { ADA, BEN, CLEO, DORA, DRAFT, item, MINUTE, START, World } from './world.ts';

function under(terms: Partial<Terms>, more: Partial<Draft> = {}): World {
  return new World({ ...DRAFT, ...more, terms: { ...DRAFT.terms, ...terms } });
}

const at = (world: World) => world.rollout.stage.at;

/** The effect under way reports these checks. */
function report(world: World, checks: readonly Check[]): void {
  const effect = world.rollout.pending?.effect;
  if (effect?.kind !== 'validate' && effect?.kind !== 'verify')
    throw new Error(`No check is under way, but ${effect?.kind}.`);
  const type = effect.kind === 'validate' ? 'validated' : 'verified';
  world.record({ type, effect: effect.id, checks });
  world.settle();
}

const BAD: Check = { name: 'Lint', ok: false, detail: 'ended with 1', output: '3 errors' };

const CHECKLIST = [
  { title: 'Code', items: [item('Lint', { run: 'npm run lint' }), item('Read it', { required: false })] },
];

test('a command ticks its item by its exit code, in the name of whoever had it run', () => {
  const world = under({ checklist: CHECKLIST });
  expect(world.act({ type: 'run-items', items: ['1.1'] }, ADA)).toBe(true);
  expect(world.act({ type: 'run-items', items: ['1.1'] }, BEN)).toBe(false);
  expect(world.rollout.pending?.effect).toMatchObject({ kind: 'run-item', item: '1.1' });
  world.finish('done');
  expect(world.rollout.checklist.ticks['1.1']).toMatchObject({ by: { id: ADA.id }, mark: { kind: 'done' } });
  expect(world.rollout.checklist.runs['1.1']).toMatchObject({ state: 'ended', ok: true, output: 'fine' });
});

test('a command that fails leaves its item open, keeps its output, and may be run again', () => {
  const world = under({ checklist: CHECKLIST });
  world.act({ type: 'run-items', items: ['1.1'] }, ADA);
  const effect = world.rollout.pending?.effect.id ?? '';
  const failed = { ok: false, detail: 'ended with 1', output: '3 errors' };
  world.record({ type: 'item-ran', effect, item: '1.1', ...failed });
  expect(world.rollout.checklist.ticks['1.1']).toBeUndefined();
  expect(world.rollout.checklist.runs['1.1']).toMatchObject(failed);
  expect(world.act({ type: 'run-items', items: ['1.1'] }, ADA)).toBe(true);
});

test('an item without a command cannot be run', () => {
  const world = under({ checklist: CHECKLIST });
  expect(world.act({ type: 'run-items', items: ['1.2'] }, ADA)).toBe(false);
});

test('optional items may stay open, by the word of anyone with a role', () => {
  const world = under({ checklist: CHECKLIST });
  world.act({ type: 'mark', items: ['1.1'], mark: { kind: 'done' } }, ADA);
  expect(at(world)).toBe('checklist');
  expect(world.act({ type: 'close-checklist' }, CLEO)).toBe(false);
  expect(world.act({ type: 'close-checklist' }, ADA)).toBe(true);
  expect(at(world)).toBe('validate');
  expect(world.rollout.checklist.closed).toMatchObject({ open: ['1.2'], by: { id: ADA.id } });
});

test('required items keep it shut: only another approver goes on, and only with a reason', () => {
  const world = under({ checklist: CHECKLIST });
  expect(world.act({ type: 'close-checklist', reason: 'Hotfix.' }, ADA)).toBe(false);
  expect(world.act({ type: 'close-checklist' }, BEN)).toBe(false);
  expect(world.act({ type: 'close-checklist', reason: '  ' }, BEN)).toBe(false);
  expect(at(world)).toBe('checklist');
  expect(world.act({ type: 'close-checklist', reason: 'Hotfix.' }, BEN)).toBe(true);
  expect(at(world)).toBe('validate');
});

test('notes and files stay beside their item, with who and when', () => {
  const world = under({ checklist: CHECKLIST });
  world.act({ type: 'note', item: '1.2', note: { kind: 'text', text: 'Sharpe 1.4' } }, ADA);
  const file = { kind: 'file', name: 'run.pdf', kept: 'evidence/abc/run.pdf' } as const;
  world.act({ type: 'note', item: '1.2', note: file }, BEN);
  expect(world.rollout.checklist.notes['1.2']).toMatchObject([
    { text: 'Sharpe 1.4', by: { id: ADA.id }, at: START },
    { name: 'run.pdf', by: { id: BEN.id } },
  ]);
  expect(world.act({ type: 'note', item: '9.9', note: file }, BEN)).toBe(false);
});

test('a failed validation stops before anything is changed; mended, it runs again and goes on', () => {
  const world = under({ checklist: [] });
  report(world, [BAD]);
  expect(at(world)).toBe('stuck');
  expect(world.rollout.original).toBeUndefined();
  world.answer('stuck', 'retry', ADA);
  expect(at(world)).toBe('validate');
  report(world, [{ ...BAD, ok: true }]);
  expect(at(world)).toBe('back-up');
});

test('a failed validation is overruled by another approver with a reason, and by nobody else', () => {
  const world = under({ checklist: [] });
  report(world, [BAD]);
  expect(world.answer('stuck', 'overrule', BEN)).toBe(false);
  expect(world.answer('stuck', 'overrule', ADA, 'It is fine.')).toBe(false);
  expect(world.answer('stuck', 'overrule', BEN, 'It is fine.')).toBe(true);
  expect(at(world)).toBe('back-up');
});

test('cron jobs change only when somebody says so', () => {
  for (const [answer, stage] of [
    ['yes', 'deploy-cron'],
    ['no', 'verify'],
  ] as const) {
    const world = under({ checklist: [] });
    world.cron = { create: ['every 1 hours: /tasks/x'], remove: [], same: 0 };
    for (let n = 0; n < 4; n++) world.finish('done');
    expect(at(world)).toBe('ask-cron');
    expect(world.answer('cron', answer, CLEO)).toBe(false);
    expect(world.answer('cron', answer, ADA)).toBe(true);
    expect(at(world)).toBe(stage);
    expect(world.rollout.cron !== undefined).toBe(answer === 'yes');
  }
});

test('cron jobs that cannot be changed need not end the release', () => {
  const world = under({ checklist: [] });
  world.cron = { create: ['every 1 hours: /tasks/x'], remove: [], same: 0 };
  for (let n = 0; n < 4; n++) world.finish('done');
  world.answer('cron', 'yes', ADA);
  world.finish('failed');
  expect(at(world)).toBe('stuck');
  world.answer('stuck', 'no', ADA);
  expect(at(world)).toBe('verify');
});

test('on hold nobody is asked and nobody can promote; resumed, the question comes anew', () => {
  const world = under({ checklist: [] });
  world.prepare();
  expect(world.act({ type: 'hold', reason: 'The market opens.' }, ADA)).toBe(true);
  expect(world.rollout.gates.at(-1)?.outcome).toMatchObject({ kind: 'superseded' });
  expect(world.answer('promote', 'yes', BEN)).toBe(false);
  world.wait(60 * MINUTE);
  expect(world.moves).toEqual([]);
  expect(world.act({ type: 'resume' }, BEN)).toBe(true);
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
  expect(at(world)).toBe('shift');
});

test('a freeze or a lock withdraws the question, and its end brings it back', () => {
  for (const bar of [
    { kind: 'freeze', why: 'The market is open.' },
    { kind: 'lock', why: 'v1 is on fire.', since: START },
  ] as const) {
    const world = under({ checklist: [] });
    world.prepare();
    world.bar = bar;
    // The tap comes before the clock has noticed.
    expect(world.answer('promote', 'yes', BEN)).toBe(false);
    world.settle();
    expect(world.rollout.gates.at(-1)?.outcome?.kind).toBe('superseded');
    world.bar = undefined;
    world.settle();
    expect(world.rollout.gates.at(-1)?.revision).toBe(2);
    expect(world.answer('promote', 'yes', DORA)).toBe(true);
  }
});

test('neither hold nor freeze nor lock keeps from rolling back', () => {
  const world = under({ checklist: [] });
  world.prepare();
  world.open();
  world.act({ type: 'hold', reason: 'Wait.' }, ADA);
  world.bar = { kind: 'lock', why: 'Locked.', since: START };
  expect(world.act({ type: 'roll-back', reason: 'It hurts.' }, ADA)).toBe(true);
  expect(world.answer('roll-back', 'yes', ADA)).toBe(true);
  world.finish('done');
  expect(world.live.shares).toEqual({ v1: 1000 });
});

test('the traffic goes back first; what cannot be put back beside it is tried again or left', () => {
  const world = under({ checklist: [] });
  world.prepare();
  world.open();
  world.act({ type: 'roll-back', reason: 'It hurts.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  world.finish('done');
  expect(at(world)).toBe('put-back');
  expect(world.live.shares).toEqual({ v1: 1000 });
  world.finish('failed');
  expect(at(world)).toBe('stuck');
  expect(world.act({ type: 'cancel' }, ADA)).toBe(false);
  world.answer('stuck', 'retry', ADA);
  world.finish('failed');
  world.answer('stuck', 'no', ADA);
  expect(world.rollout.stage).toEqual({ at: 'rolled-back', reason: 'It hurts.' });
});

test('the team’s own announcements are made once, after the end and after a rollback', () => {
  const own = { name: 'tell', run: 'tell', within: MINUTE };
  const world = under({ checklist: [], announce: { chat: true, deployed: [own], rolledBack: [own] } });
  world.prepare();
  for (let step = 0; step < 3; step++) world.open();
  world.finish('done');
  expect(at(world)).toBe('done');
  expect(Object.keys(world.rollout.announced)).toEqual(['deployed']);
  world.act({ type: 'roll-back', reason: 'It hurts.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  for (let n = 0; n < 3; n++) world.finish('done');
  expect(Object.keys(world.rollout.announced)).toEqual(['deployed', 'rolled-back']);
  expect(world.rollout.pending).toBeUndefined();
});

test('the window of the last step is judged, and only a good one ends the release', () => {
  const steps = [{ traffic: 1000, watch: 30 * MINUTE }];
  const world = under({ checklist: [], steps });
  world.prepare();
  world.open('too-little-traffic');
  expect(at(world)).toBe('watch');
  world.judge('good');
  for (let minute = 0; minute < 40; minute++) {
    world.wait(MINUTE);
    world.judge('good');
  }
  expect(at(world)).toBe('done');
  expect(world.rollout.care?.begun).toBe(world.rollout.endedAt);
});
