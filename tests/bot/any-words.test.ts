import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shorten, tailOf } from '../../src/bot/html.ts';
import { card } from '../../src/bot/views/card.ts';
import { checklistSection } from '../../src/bot/views/checklist.ts';
import { notice } from '../../src/bot/views/notice.ts';
import { question } from '../../src/bot/views/question.ts';
import type { Check, Fact } from '../../src/rollout/events.ts';
import { ADA, BEN, DRAFT, item, MINUTE, verdictOf, World } from '../rollout/world.ts';
import { labelsOf, textOf } from './shown.ts';

/** Telegram takes so many characters under a picture. */
const CAPTION = 1024;
const TEAM = [ADA, BEN].map(({ id, name, roles }) => ({ id, name, roles: [...roles] }));

/** What people and programs write, at its worst. */
const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.constantFrom('<b>', '</code>', '&amp;', '"', '\n\n', '🧨', '<blockquote expandable>'),
  fc
    .tuple(fc.constantFrom('x', '<', '&', '"', '🧨', ' word', '\n'), fc.integer({ min: 1, max: 1500 }))
    .map(([unit, times]) => unit.repeat(times)),
);
const checks = (all: readonly string[]): Check[] =>
  all.map((name, i) => ({ name, ok: i % 3 === 1, detail: name, output: all.join('\n') }));

function show(world: World, progress: string): void {
  const { rollout, now, bar } = world;
  textOf(card(rollout, { now, progress, ...(bar && { bar }) }));
  for (const section of rollout.terms.checklist.keys()) {
    const view = checklistSection(rollout, section, progress);
    if (view) [textOf(view), labelsOf(view)];
  }
  for (const gate of rollout.gates.slice(-2)) {
    const view = question(rollout, gate, TEAM);
    const text = textOf(view);
    labelsOf(view);
    if (gate.topic.kind === 'promote' && gate.verdict) expect(text.length).toBeLessThanOrEqual(CAPTION);
  }
  const end = notice(rollout, bar);
  if (end) textOf(end.view);
}

test('whatever people and programs write, every message is one that Telegram takes', () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 9, maxLength: 9 }), (said) => {
      const [a = '', b = '', c = '', d = ''] = said;
      const checklist = [{ title: a, items: said.map((text) => item(text, { run: text })) }];
      const announce = { chat: true, deployed: [], rolledBack: [{ name: a, run: b, within: MINUTE }] };
      const rejected = { why: c, at: 0 };
      const world = new World({ ...DRAFT, rejected, terms: { ...DRAFT.terms, checklist, announce } });
      const step = (fact: (effect: string) => Fact) => {
        show(world, d);
        world.record(fact(world.rollout.pending?.effect.id ?? ''));
        world.settle();
        show(world, d);
      };
      world.act({ type: 'note', item: '1.1', note: { kind: 'text', text: b } }, ADA);
      world.act({ type: 'note', item: '1.2', note: { kind: 'file', name: c, kept: 'evidence/abc/1' } }, ADA);
      world.act({ type: 'mark', items: ['1.2'], mark: { kind: 'not-applicable', reason: `w ${d}` } }, ADA);
      world.act({ type: 'run-items', items: ['1.1'] }, ADA);
      step((effect) => ({ type: 'item-ran', effect, item: '1.1', ok: false, detail: a, output: b }));
      world.act({ type: 'close-checklist', reason: `w ${c}` }, BEN);
      step((effect) => ({
        type: 'validated',
        effect,
        checks: checks(said),
        commit: { id: 'abcdef012', subject: d },
      }));
      world.answer('stuck', 'overrule', BEN, `w ${a}`);
      world.finish('done');
      step((effect) => ({ type: 'deployed', effect, versionUrl: 'u', files: 1, uploaded: 1, changes: said }));
      step((effect) => ({ type: 'cron-compared', effect, change: { create: said, remove: said, same: 1 } }));
      world.answer('cron', 'yes', ADA);
      world.finish('done');
      step((effect) => ({ type: 'verified', effect, checks: checks(said) }));
      world.answer('stuck', 'overrule', BEN, `w ${b}`);
      world.act({ type: 'hold', reason: c }, ADA);
      show(world, d);
      world.act({ type: 'resume' }, ADA);
      world.bar = { kind: 'freeze', why: d };
      world.settle();
      show(world, d);
      world.bar = undefined;
      world.settle();
      world.answer('promote', 'yes', BEN);
      world.finish('done');
      world.wait(40 * MINUTE);
      for (const answer of ['query-failed', 'good', 'bad'] as const)
        step(() => ({ type: 'judged', verdict: { ...verdictOf(answer, world.now), reasons: said } }));
      world.act({ type: 'roll-back', reason: a }, ADA);
      show(world, d);
      world.answer('roll-back', 'yes', BEN);
      world.finish('done');
      step((effect) => ({ type: 'effect-failed', effect, problem: said.join(' ') }));
      world.answer('stuck', 'retry', BEN);
      world.bar = { kind: 'lock', why: said.join('; '), since: 0 };
      step((effect) => ({ type: 'put-back', effect, checks: checks(said) }));
      world.answer('stuck', 'no', BEN);
      step((effect) => ({ type: 'announced', effect, what: 'rolled-back', checks: checks(said) }));
      expect(world.rollout.stage.at).toBe('rolled-back');
    }),
    { numRuns: 25 },
  );
});

test('what is shortened is never cut in the middle of a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (text, max) => {
        for (const short of [shorten(text, max), tailOf(text, max)]) {
          expect(short.length).toBeLessThanOrEqual(max);
          expect(Buffer.from(short).toString()).toBe(short);
        }
      },
    ),
  );
});
