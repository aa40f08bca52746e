import { expect, test } from 'vitest';
import { checklistSection, firstOpenSection } from '../../src/bot/views/checklist.ts';
import type { Mark } from '../../src/rollout/events.ts';
import { ADA, BEN, DRAFT, item, World } from '../rollout/world.ts';
import { labelsOf, textOf } from './shown.ts';

const CHECKLIST = [
  {
    title: 'Testing',
    items: [
      item('Run the backtest', { run: 'npm run backtest' }),
      item('Lint <all> of it', { run: 'npm run lint' }),
      item('Try an old phone', { required: false }),
    ],
  },
  { title: 'Documents', items: [item('Update the README')] },
];

function begin(checklist = CHECKLIST): World {
  return new World({ ...DRAFT, terms: { ...DRAFT.terms, checklist } });
}

function section(world: World, at = 0, progress?: string) {
  const view = checklistSection(world.rollout, at, progress);
  if (!view) throw new Error(`There is no section ${at}.`);
  return { text: textOf(view), labels: labelsOf(view) };
}

const mark = (world: World, items: string[], to: Mark = { kind: 'done' }) =>
  world.act({ type: 'mark', items, mark: to }, ADA);

test('an untouched section says what is asked, what is optional and what can be run', () => {
  const { text, labels } = section(begin());
  expect(text).toBe(
    [
      '📋 v2: Testing (1 of 2)',
      '⬜ 1. Run the backtest',
      '⬜ 2. Lint <all> of it',
      '⬜ 3. Try an old phone (optional)',
      'Open here: 2 required, 1 optional.',
    ].join('\n'),
  );
  expect(labels).toEqual([
    ...['⬜ 1', '⬜ 2', '⬜ 3'],
    ...['▶️ Run 1', '▶️ Run 2', 'Run all commands'],
    ...['Tick all', 'Next section', 'Does not apply…', 'Note or file…'],
  ]);
});

test('who ticked, who said that it does not apply, and what was put beside it', () => {
  const world = begin();
  mark(world, ['1.1']);
  mark(world, ['1.2'], { kind: 'not-applicable', reason: 'No code & no <lint>.' });
  world.act({ type: 'note', item: '1.1', note: { kind: 'text', text: 'On 4 instruments' } }, BEN);
  world.act(
    {
      type: 'note',
      item: '1.1',
      note: { kind: 'file', name: 'report.pdf', kept: 'evidence/abc/1.1-x-report.pdf' },
    },
    BEN,
  );
  const { text, labels } = section(world);
  expect(text).toContain('✅ 1. Run the backtest (Ada, 12:00 UTC)');
  expect(text).toContain('➖ 2. Lint <all> of it does not apply: No code & no <lint>. (Ada, 12:00 UTC)');
  expect(text).toContain('📝 On 4 instruments (Ben, 12:00 UTC)');
  expect(text).toContain('📎 report.pdf (Ben, 12:00 UTC)');
  expect(labels.slice(0, 3)).toEqual(['✅ 1', '➖ 2', '⬜ 3']);
  expect(labels.filter((label) => /Run/.test(label))).toEqual([]);
});

test('a command waits, runs with its newest line, and has ended', () => {
  const world = begin();
  world.act({ type: 'run-items', items: ['1.1', '1.2'] }, BEN);
  const running = section(world, 0, 'Run the backtest: 40 of 100 days');
  expect(running.text).toContain('⏳ running: Run the backtest: 40 of 100 days (Ben)');
  expect(running.text).toContain('⏳ waits for its turn (Ben)');
  expect(running.labels.filter((label) => /Run/.test(label))).toEqual([]);

  const effect = world.rollout.pending?.effect.id ?? '';
  const ran = { type: 'item-ran', effect, item: '1.1', ok: false, detail: 'ended with 3' } as const;
  world.record({ ...ran, output: 'a line\nAssertionError: <3 trades>\n\n' });
  world.settle();
  world.finish('done');
  const { text, labels } = section(world);
  expect(text).toContain('❌ its command failed at 12:00 UTC: ended with 3. AssertionError: <3 trades>');
  expect(text).toContain('✅ 2. Lint <all> of it (Ben, 12:00 UTC)\n   🟢 its command passed at 12:00 UTC');
  expect(labels).toContain('▶️ Run 1');
  expect(labels).not.toContain('Run all commands');
});

test('going on is offered on the last section, and everywhere once nothing required is open', () => {
  const world = begin();
  expect(section(world, 1).labels).toContain('Go on with open items…');
  expect(section(world, 0).labels.some((label) => /^Go on/.test(label))).toBe(false);
  mark(world, ['1.1', '1.2', '2.1']);
  expect(section(world, 0).labels).toContain('Go on without the optional ones');
  world.act({ type: 'close-checklist' }, ADA);
  expect(section(world, 0).labels).toEqual([]);
  expect(world.rollout.stage.at).toBe('validate');
});

test('the section to work on is the first that has something open', () => {
  const world = begin();
  expect(firstOpenSection(world.rollout)).toBe(0);
  mark(world, ['1.1', '1.2', '1.3']);
  expect(firstOpenSection(world.rollout)).toBe(1);
  mark(world, ['1.2'], { kind: 'open' });
  expect(firstOpenSection(world.rollout)).toBe(0);
});

test('a section that no message could hold is cut, and its buttons stay within Telegram’s hundred', () => {
  const items = Array.from({ length: 120 }, (_, i) => item(`${i} ${'x'.repeat(300)}`, { run: 'true' }));
  const { text, labels } = section(begin([{ title: 'Many', items }]));
  expect(text).toMatch(/\d+ more lines do not fit/);
  expect(labels.length).toBeLessThanOrEqual(100);
  expect(labels).toContain('Tick all');
});
