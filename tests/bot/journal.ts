import type { Split } from '../../src/plan/split.ts';
import type { Verdict } from '../../src/plan/verdict.ts';
import type { Draft } from '../../src/rollout/draft.ts';
import type { Effect, Event, Fact } from '../../src/rollout/events.ts';
import { DAY, DRAFT, item, MINUTE } from '../rollout/world.ts';

export const START = Date.UTC(2026, 10, 23, 9);
const HOUR = 60 * MINUTE;

const ADA = { id: 1001, name: 'Ada' };
const BEN = { id: 1002, name: 'Ben' };
const CLEO = { id: 1003, name: '<b>Cleo</b> & "Co"' };

const OLD: Split = { shardBy: 'UNSPECIFIED', shares: { v1: 1000 } };
const TEN: Split = { shardBy: 'RANDOM', shares: { v1: 900, 'v2-signals': 100 } };
const ALL: Split = { shardBy: 'RANDOM', shares: { 'v2-signals': 1000 } };

const draft: Draft = {
  ...DRAFT,
  id: 'k3f9x2ab',
  version: 'v2-signals',
  source: { kind: 'folder', path: 'examples/signals' },
  rejected: { why: 'Errors at 10 %, see <script>alert(1)</script>', at: START - 3 * DAY },
  terms: {
    ...DRAFT.terms,
    steps: [
      { traffic: 100, watch: 30 * MINUTE },
      { traffic: 1000, watch: 0 },
    ],
    checklist: [
      {
        title: 'Testing',
        items: [
          item('Run comprehensive backtest with optimized parameters', { run: 'npm run backtest' }),
          item('Test trade approval workflow end-to-end'),
          item('Verify Telegram notification formatting and readability', { required: false }),
        ],
      },
    ],
    afterCare: {
      ...DRAFT.terms.afterCare,
      rounds: [
        {
          name: 'Daily',
          every: 'day',
          for: 7 * DAY,
          checks: [],
          tasks: ['Analyze quality scores distribution'],
        },
      ],
    },
    success: {
      after: 7 * DAY,
      criteria: [
        { text: 'System generates appropriate number of trade signals (3-7 per day)', checks: [] },
        { text: 'Telegram notifications are clear and actionable', checks: [] },
      ],
    },
  },
};

function verdict(through: number, minutes: number, answer: Verdict['answer'] = 'good'): Verdict {
  return {
    answer,
    reasons: [answer === 'good' ? 'Nothing speaks against the new version.' : 'It is too early to tell.'],
    canary: {
      requests: 41 * minutes,
      errors: Math.floor(minutes / 8),
      p50: 61 + minutes / 10,
      p95: 184 - 20 * Math.sin(minutes / 4),
    },
    baseline: {
      requests: 372 * minutes,
      errors: Math.floor((372 * minutes) / 900),
      p50: 60,
      p95: 181 + 6 * Math.cos(minutes / 3),
    },
    errorRatio: { low: 0.52, high: 2.1 },
    detectable: 2.4,
    through,
  };
}

/** A journal that has a line of every chapter of a report; it is rolled back in the end, or goes on. */
export function fullJournal(): Event[] {
  const events: Event[] = [];
  let at = START;
  let effects = 0;
  const say = (...facts: Fact[]) => events.push(...facts.map((fact) => ({ ...fact, at })));
  const after = (ms: number) => {
    at += ms;
  };
  const work = (
    effect: Effect extends infer E ? (E extends Effect ? Omit<E, 'id'> : never) : never,
    outcome: (id: string) => Fact,
  ) => {
    const id = `${effect.kind}.${++effects}`;
    say({ type: 'effect-intended', effect: { ...effect, id } as Effect });
    after(40_000);
    say(outcome(id));
  };

  say({ type: 'started', draft, by: ADA });
  after(2 * MINUTE);
  say({ type: 'run-wanted', item: '1.1', by: ADA });
  work({ kind: 'run-item', item: '1.1' }, (effect) => ({
    type: 'item-ran',
    effect,
    item: '1.1',
    ok: true,
    detail: 'ended with 0 after 38 seconds',
    output: '> backtest\n12 scenarios, 0 failed <ok>\n',
  }));
  say({
    type: 'noted',
    item: '1.2',
    note: { kind: 'text', text: 'Tried on the phone & on the desk, see "photo".' },
    by: BEN,
  });
  say({
    type: 'noted',
    item: '1.2',
    note: { kind: 'file', name: 'approval <1>.png', kept: 'evidence/k3f9x2ab/1.2-1.png' },
    by: BEN,
  });
  say({ type: 'item-marked', item: '1.2', mark: { kind: 'done' }, by: BEN });
  say({ type: 'refused', attempt: 'mark', why: 'You are neither operator nor approver.', by: CLEO });
  after(5 * MINUTE);
  say({ type: 'checklist-closed', open: ['1.3'], reason: 'It is looked at after the release.', by: ADA });
  work({ kind: 'validate' }, (effect) => ({
    type: 'validated',
    effect,
    commit: {
      id: '4f1c0ffee4f1c0ffee4f1c0ffee4f1c0ffee4f1c',
      subject: 'Weigh the session into the quality score',
    },
    checks: [
      { name: 'permissions', ok: true, detail: 'all 14 are there' },
      {
        name: 'pre-deploy check',
        ok: true,
        detail: 'ended with 0',
        output: 'configuration: ok\nmarket data: ok\n',
      },
    ],
  }));
  work({ kind: 'back-up' }, (effect) => ({
    type: 'backed-up',
    effect,
    split: OLD,
    backup: 'backups/k3f9x2ab',
  }));
  work({ kind: 'deploy' }, (effect) => ({
    type: 'effect-failed',
    effect,
    problem: 'The build failed: npm ended with 1.',
  }));
  say({
    type: 'asked',
    gate: 'k3f9x2ab-1',
    revision: 1,
    topic: { kind: 'stuck', effect: 'deploy', problem: 'The build failed: npm ended with 1.' },
    digest: 'a'.repeat(64),
    expires: Number.MAX_SAFE_INTEGER,
  });
  after(3 * MINUTE);
  say({ type: 'settled', gate: 'k3f9x2ab-1', outcome: { kind: 'answered', answer: 'retry' }, by: ADA });
  work({ kind: 'deploy' }, (effect) => ({
    type: 'deployed',
    effect,
    versionUrl: 'https://v2-signals-dot-quant-trading-system.uc.r.appspot.com',
    files: 214,
    uploaded: 9,
    changes: ['runtime nodejs18 → nodejs20', 'env variable QUALITY_FLOOR is new', '9 files changed, 2 added'],
  }));
  const change = {
    create: ['every 1 hours: /tasks/evaluate'],
    remove: ['every 2 hours: /tasks/evaluate'],
    same: 3,
  };
  work({ kind: 'compare-cron' }, (effect) => ({ type: 'cron-compared', effect, change }));
  say({
    type: 'asked',
    gate: 'k3f9x2ab-2',
    revision: 1,
    topic: { kind: 'cron', change },
    digest: 'b'.repeat(64),
    expires: at + 2 * HOUR,
  });
  after(MINUTE);
  say({ type: 'settled', gate: 'k3f9x2ab-2', outcome: { kind: 'answered', answer: 'yes' }, by: ADA });
  work({ kind: 'deploy-cron' }, (effect) => ({ type: 'cron-deployed', effect, change }));
  work({ kind: 'verify' }, (effect) => ({
    type: 'verified',
    effect,
    checks: [
      { name: 'GET /healthz', ok: true, detail: '200 after 84 ms' },
      { name: 'logs', ok: true, detail: 'no error since the deployment' },
    ],
  }));
  say({
    type: 'asked',
    gate: 'k3f9x2ab-3',
    revision: 1,
    topic: { kind: 'promote', step: 0, from: OLD, to: TEN },
    digest: 'c'.repeat(64),
    expires: at + 2 * HOUR,
  });
  after(4 * MINUTE);
  say({
    type: 'refused',
    attempt: "answer 'yes' to question k3f9x2ab-3, revision 1",
    why: 'You started this rollout, so somebody else must approve its steps.',
    by: ADA,
  });
  say({ type: 'voted', gate: 'k3f9x2ab-3', answer: 'yes', by: BEN });
  say({ type: 'settled', gate: 'k3f9x2ab-3', outcome: { kind: 'answered', answer: 'yes' }, by: BEN });
  work({ kind: 'set-split', accept: [OLD], to: TEN }, (effect) => ({
    type: 'split-set',
    effect,
    split: TEN,
  }));
  const begun = Math.ceil(at / MINUTE) * MINUTE;
  for (let minute = 1; minute <= 30; minute++) {
    after(MINUTE);
    const answer = minute < 6 ? 'too-little-traffic' : 'good';
    say({ type: 'judged', verdict: verdict(begun + minute * MINUTE, minute, answer) });
  }
  say({ type: 'window-ended' });
  say({
    type: 'asked',
    gate: 'k3f9x2ab-4',
    revision: 1,
    topic: { kind: 'promote', step: 1, from: TEN, to: ALL },
    verdict: verdict(begun + 30 * MINUTE, 30),
    digest: 'd'.repeat(64),
    expires: at + 2 * HOUR,
  });
  after(11 * MINUTE);
  say({ type: 'voted', gate: 'k3f9x2ab-4', answer: 'yes', by: BEN });
  say({ type: 'settled', gate: 'k3f9x2ab-4', outcome: { kind: 'answered', answer: 'yes' }, by: BEN });
  work({ kind: 'set-split', accept: [TEN], to: ALL }, (effect) => ({
    type: 'split-set',
    effect,
    split: ALL,
  }));
  work({ kind: 'announce', what: 'deployed' }, (effect) => ({
    type: 'announced',
    effect,
    what: 'deployed',
    checks: [{ name: 'tell customers', ok: true, detail: 'ended with 0' }],
  }));
  const done = at;
  for (let day = 1; day <= 2; day++) {
    at = done + day * DAY;
    const due = at;
    work({ kind: 'look-after', round: 0, from: due - DAY, due, missed: day - 1 }, (effect) => ({
      type: 'looked-after',
      effect,
      round: 0,
      from: due - DAY,
      due,
      missed: day - 1,
      readings: [
        {
          name: 'signals',
          answer: day === 1 ? 'good' : 'off',
          detail: `${9 - 4 * (2 - day)} a day, asked for 3 to 7`,
        },
        { name: 'error logs', answer: 'unknown', detail: 'Cloud Logging did not answer within 10 seconds.' },
      ],
    }));
    if (day === 1)
      say({
        type: 'task-answered',
        round: 0,
        due,
        task: 0,
        answer: 'done',
        note: 'Even, 0.61 to 0.93.',
        by: BEN,
      });
  }
  at = done + 7 * DAY;
  work({ kind: 'assess', from: done, to: at }, (effect) => ({
    type: 'assessed',
    effect,
    from: done,
    to: at,
    readings: [
      [{ name: 'signals', answer: 'off', detail: '9.1 a day, asked for 3 to 7 (64 in 7 days)' }],
      [],
    ],
  }));
  say({ type: 'criterion-answered', criterion: 1, met: true, note: 'Nobody asked back.', by: ADA });
  say({ type: 'concluded', met: false });
  say({ type: 'step-taken', step: 0, by: ADA });
  after(2 * HOUR);
  say({ type: 'step-done', step: 0, note: 'The floor was read as 0.', by: ADA });
  say({ type: 'rollback-requested', reason: 'Twice the signals that were asked for', by: ADA });
  say({
    type: 'asked',
    gate: 'k3f9x2ab-5',
    revision: 1,
    topic: {
      kind: 'roll-back',
      from: ALL,
      to: OLD,
      reason: 'Twice the signals that were asked for',
      asker: ADA,
    },
    digest: 'e'.repeat(64),
    expires: at + 2 * HOUR,
  });
  after(MINUTE);
  say({ type: 'settled', gate: 'k3f9x2ab-5', outcome: { kind: 'answered', answer: 'yes' }, by: ADA });
  work({ kind: 'set-split', accept: [ALL], to: OLD }, (effect) => ({
    type: 'split-set',
    effect,
    split: OLD,
  }));
  work({ kind: 'put-back' }, (effect) => ({
    type: 'put-back',
    effect,
    checks: [
      { name: 'cron jobs', ok: true, detail: '4 of 4 as in the backup' },
      { name: 'cron.yaml', ok: true, detail: 'as in the backup' },
    ],
  }));
  work({ kind: 'announce', what: 'rolled-back' }, (effect) => ({
    type: 'announced',
    effect,
    what: 'rolled-back',
    checks: [{ name: 'tell customers', ok: false, detail: 'ended with 3', output: 'mail server: refused\n' }],
  }));
  say({ type: 'closed' });
  return events;
}
