import { percent, table } from '../markdown.ts';
import { type Outcome, type Score, score } from '../score.ts';
import { HEALTHY } from '../spec.ts';

export interface Judged {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
}

/** The figures of each judge beside those of the others, then kind by kind, as Markdown. */
export function sayBeside(judged: readonly Judged[]): string {
  const scores = judged.map(({ outcomes }) => score(outcomes));
  const names = judged.map(({ name }) => name);
  const row = (what: string, wanted: string, say: (s: Score) => string) => [what, wanted, ...scores.map(say)];
  const figures = [
    row('false rollback a window, healthy mix', '<= 0.5 %', (s) => percent(s.falseRollback)),
    row('worst healthy kind', '<= 2 %', (s) => `${s.worstKind?.kind} ${percent(s.worstKind?.rate ?? 0)}`),
    row('detected of what is detectable', '>= 90 %', (s) => percent(s.detected)),
    row('promoted although detectable', '<= 6 %', (s) => percent(s.wrongPromote)),
    row('healthy windows promoted', '>= 95 %', (s) => percent(s.healthyPromoted)),
    row('time / limit, median', '<= 1.7', (s) => s.ratioMedian.toFixed(2)),
    row('time / limit, 90th percentile', '<= 3.5', (s) => s.ratio90.toFixed(2)),
    row('mean regret, minutes', '<= 5.5', (s) => s.regret.toFixed(1)),
    row('zero traffic held', 'always', (s) => percent(s.zeroHeld)),
  ];
  const [first] = scores;
  const kinds = (first?.byKind ?? []).filter((k) => k.kind !== 'zero');
  const healthy = kinds.filter((k) => HEALTHY.some((kind) => kind === k.kind));
  const bad = kinds.filter((k) => !healthy.includes(k));
  const of = (kind: string, total: 'windows' | 'detectable') =>
    scores.map((s) => {
      const own = s.byKind.find((k) => k.kind === kind);
      return own ? percent(own.rolledBack / own[total]) : '';
    });
  return [
    table(['figure', 'wanted', ...names], figures),
    table(
      ['healthy kind, rolled back', 'windows', ...names],
      healthy.map((k) => [k.kind, String(k.windows), ...of(k.kind, 'windows')]),
    ),
    table(
      ['bad kind, detected', 'detectable', ...names],
      bad.map((k) => [k.kind, String(k.detectable), ...of(k.kind, 'detectable')]),
    ),
  ].join('\n');
}
