import { type BodyScale, bodyScale, judgeBody } from './body.ts';
import { withCarried } from './carry.ts';
import { DOUBT, ENOUGH, EXPECTED_BUT_NONE, FEWEST_REQUESTS } from './constants.ts';
import { judgeCustom, judgeErrorLogs, judgeErrors } from './counts.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, pairUp, sumOf } from './figures.ts';
import { judgeCpu, judgeMemory } from './gauges.ts';
import { logSumExp } from './onset.ts';
import { subjectOf } from './subjects.ts';
import { type Cut, judgeTail, tailCuts } from './tail.ts';

/** What the minutes so far say. */
export type Decision =
  | {
      readonly kind: 'bad' | 'doubtful' | 'good';
      readonly evidence: number;
      readonly findings: readonly Finding[];
    }
  | {
      readonly kind: 'no-data' | 'unreached' | 'thin-canary' | 'thin-baseline';
      readonly evidence: number;
      readonly findings: readonly Finding[];
    };

/** Decides over all minutes known so far, in any order, at minute `now` of the window. */
export type Decide = (minutes: readonly MinuteFigures[], now: number) => Decision;

export interface DecideOptions {
  /** Nats at which a window is bad; `enoughFor` tells them for a share of false alarms. */
  readonly enough?: number | undefined;
}

/** What depends on the header alone is worked out once. */
export function prepare(header: JudgeHeader, { enough = ENOUGH }: DecideOptions = {}): Decide {
  const scale = bodyScale(header.bounds, header.history);
  const cuts = tailCuts(header, header.history);
  return (minutes, now) => {
    const pairs = pairUp(minutes);
    const canary = sumOf(pairs, (p) => p.canary?.requests ?? 0);
    const baseline = sumOf(pairs, (p) => p.baseline?.requests ?? 0);
    if (canary === 0) {
      const s = header.canaryShare;
      const expected = s < 1 ? (baseline * s) / (1 - s) : 0;
      return { kind: expected > EXPECTED_BUT_NONE ? 'unreached' : 'no-data', evidence: 0, findings: [] };
    }
    const findings = weigh(header, scale, cuts, pairs, now);
    const heard = findings.filter((f) => f.matters && !header.advisory?.includes(subjectOf(f.channel)));
    const evidence = logSumExp([...heard.map((f) => f.evidence), FLOOR]);
    const known = { evidence, findings };
    if (evidence >= enough) return { kind: 'bad', ...known };
    if (canary < FEWEST_REQUESTS) return { kind: 'thin-canary', ...known };
    const control = header.canaryShare < 1 ? baseline : sumOf(header.history, (m) => m.requests);
    if (control < FEWEST_REQUESTS) return { kind: 'thin-baseline', ...known };
    return { kind: evidence > Math.min(DOUBT, enough) ? 'doubtful' : 'good', ...known };
  };
}

/** Nothing speaks against the canary. */
const FLOOR = -5;

function weigh(
  header: JudgeHeader,
  scale: BodyScale | undefined,
  cuts: readonly Cut[],
  pairs: readonly Pair[],
  now: number,
): Finding[] {
  // A service without a past is compared with what serves beside it.
  const concurrent = pairs.flatMap((p) => p.baseline ?? []);
  const ranks = scale ?? bodyScale(header.bounds, concurrent);
  const borders = cuts.length > 0 ? cuts : tailCuts(header, concurrent);
  const gauges = [judgeMemory(header, pairs), judgeCpu(header, pairs)];
  return [
    judgeErrors(header, pairs, now),
    ...(ranks ? [judgeBody(header, ranks, pairs)] : []),
    ...judgeTail(header, borders, pairs),
    ...gauges.flatMap((g) => g ?? []),
    judgeErrorLogs(header, pairs, now),
    ...judgeCustom(header, pairs, now),
  ]
    .map((finding) => withCarried(finding, header.carried))
    .toSorted((a, b) => b.evidence - a.evidence);
}
