import { percent, table, withInterval } from './markdown.ts';
import { play } from './play.ts';
import { FIRST_REPORTED, WINDOWS } from './reported.ts';
import { type Score, score } from './score.ts';

/** `tsx bench/judge/run.ts [first seed] [windows]` */
const [first = FIRST_REPORTED, windows = WINDOWS] = process.argv.slice(2).map(Number);
// A world that is kept would have the collector stop a tick for it.
const played = Array.from({ length: windows }, (_, i) => {
  const { outcome, ticks } = play(first + i);
  return { outcome, ticks };
});
// The first windows pay for the compiler's warming up, as the first release after a start does; they count too.
const ticks = played.flatMap((p) => p.ticks).toSorted((a, b) => a - b);
process.stdout.write(report(score(played.map((p) => p.outcome)), ticks));

function report(s: Score, ticks: readonly number[]): string {
  const median = ticks[ticks.length >> 1] ?? 0;
  const rows = [
    ['false rollback a window, healthy mix', '<= 0.5 %', withInterval(s.falseRollback, s.healthy)],
    ['worst healthy kind', '<= 2 %', `${s.worstKind?.kind} ${percent(s.worstKind?.rate ?? 0)}`],
    ['detected of what is detectable', '>= 90 %', withInterval(s.detected, s.detectable)],
    ['promoted although detectable', '<= 6 %', withInterval(s.wrongPromote, s.detectable)],
    ['healthy windows promoted', '>= 95 %', percent(s.healthyPromoted)],
    ['time / limit, median', '<= 1.7', s.ratioMedian.toFixed(2)],
    ['time / limit, 90th percentile', '<= 3.5', s.ratio90.toFixed(2)],
    ['mean regret, minutes', '<= 5.5', s.regret.toFixed(2)],
    ['zero traffic held', 'always', percent(s.zeroHeld)],
    [
      'a tick, median and worst, ms',
      '<= 5, <= 50',
      `${median.toFixed(1)}, ${(ticks.at(-1) ?? 0).toFixed(1)}`,
    ],
  ];
  const kinds = s.byKind.map((k) => [
    k.kind,
    String(k.windows),
    k.detectable > 0 ? String(k.detectable) : '',
    String(k.rolledBack),
    String(k.promoted),
    k.detectable > 0 ? k.regret.toFixed(1) : '',
  ]);
  return [
    `${s.windows} windows from seed ${first}: ${s.healthy} healthy, ${s.detectable} detectable\n`,
    table(['figure', 'wanted', 'measured [95 %]'], rows),
    table(['kind', 'windows', 'detectable', 'rolled back', 'promoted', 'regret'], kinds),
  ].join('\n');
}
