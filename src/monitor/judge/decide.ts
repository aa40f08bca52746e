import { type BodyJudge, bodyJudge, bodyScale } from './body.ts';
import { withCarried } from './carry.ts';
import { AT_LAST, DOUBT, ENOUGH, EXPECTED_BUT_NONE, FEWEST_REQUESTS } from './constants.ts';
import { customJudges, errorJudge, errorLogJudge } from './counts.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, pairUp, sumOf } from './figures.ts';
import { cpuJudge, memoryJudge } from './gauges.ts';
import { levelJudges } from './levels.ts';
import { logSumExp } from './onset.ts';
import { subjectOf } from './subjects.ts';
import { type TailJudge, tailCuts, tailJudge } from './tail.ts';

/** What the minutes so far say. */
export interface Decision {
  readonly kind: 'bad' | 'doubtful' | 'good' | 'no-data' | 'unreached' | 'thin-canary' | 'thin-baseline';
  /** Nats, over all channels. */
  readonly evidence: number;
  /** Any threshold up to this would have called it bad at this look; absent where there was nothing to judge. */
  readonly reached?: number;
  readonly findings: readonly Finding[];
}

/** Decides over all minutes known so far, in any order, at minute `now` of the window. */
export type Decide = (minutes: readonly MinuteFigures[], now: number) => Decision;

export interface DecideOptions {
  /** Nats at which a window is bad; `enoughFor` tells them for a share of false alarms. */
  readonly enough?: number | undefined;
}

/** What depends on the header alone is worked out once. */
export function prepare(header: JudgeHeader, { enough = ENOUGH }: DecideOptions = {}): Decide {
  const weigh = channelsOf(header);
  return (minutes, now) => {
    const pairs = pairUp(minutes);
    const canary = sumOf(pairs, (p) => p.canary?.requests ?? 0);
    const baseline = sumOf(pairs, (p) => p.baseline?.requests ?? 0);
    if (canary === 0) {
      const s = header.canaryShare;
      const expected = s < 1 ? (baseline * s) / (1 - s) : 0;
      return { kind: expected > EXPECTED_BUT_NONE ? 'unreached' : 'no-data', evidence: 0, findings: [] };
    }
    const findings = weigh(pairs, now);
    const heard = findings.filter((f) => f.matters && !header.advisory?.includes(subjectOf(f.channel)));
    const evidence = logSumExp([...heard.map((f) => f.evidence), FLOOR]);
    const reached = evidence + atLast(header, pairs, now);
    const known = { evidence, reached, findings };
    if (reached >= enough) return { kind: 'bad', ...known };
    if (canary < FEWEST_REQUESTS) return { kind: 'thin-canary', ...known };
    const control = header.canaryShare < 1 ? baseline : sumOf(header.history, (m) => m.requests);
    if (control < FEWEST_REQUESTS) return { kind: 'thin-baseline', ...known };
    return { kind: evidence > Math.min(DOUBT, enough) ? 'doubtful' : 'good', ...known };
  };
}

/** Nats that the evidence may lack towards the end. A minute's figures come one to two minutes after its beginning. */
function atLast({ durationMin }: JudgeHeader, pairs: readonly Pair[], now: number): number {
  const reached = Math.min(now, (pairs.at(-1)?.m ?? 0) + 2) / durationMin;
  return AT_LAST.nats * Math.min(1, Math.max(0, (reached - 1) / AT_LAST.part + 1));
}

/** Nothing speaks against the canary. */
const FLOOR = -5;

/** All that is judged of a window; the weightiest finding first. */
function channelsOf(header: JudgeHeader): (pairs: readonly Pair[], now: number) => Finding[] {
  const latency = latencyJudges(header, header.history);
  const gauges = [memoryJudge(header), cpuJudge(header), ...levelJudges(header)];
  const counts = [errorJudge(header), errorLogJudge(header), ...customJudges(header)];
  return (pairs, now) => {
    // A service without a past is compared with what serves beside it.
    const missing: LatencyJudges = latency.body && latency.tail ? latency : concurrent(header, pairs);
    const body = latency.body ?? missing.body;
    const tail = latency.tail ?? missing.tail;
    return [
      ...counts.map((judge) => judge(pairs, now)),
      ...(body ? [body(pairs)] : []),
      ...(tail ? tail(pairs) : []),
      ...gauges.flatMap((judge) => judge(pairs) ?? []),
    ]
      .map((finding) => withCarried(finding, header.carried))
      .toSorted((a, b) => b.evidence - a.evidence);
  };
}

interface LatencyJudges {
  readonly body?: BodyJudge | undefined;
  readonly tail?: TailJudge | undefined;
}

/** Absent where the minutes tell too little to rank by. */
function latencyJudges(header: JudgeHeader, minutes: readonly MinuteFigures[]): LatencyJudges {
  const scale = bodyScale(header.bounds, minutes);
  const cuts = tailCuts(header, minutes);
  return {
    body: scale && bodyJudge(header, scale),
    tail: cuts.length > 0 ? tailJudge(header, cuts, scale) : undefined,
  };
}

function concurrent(header: JudgeHeader, pairs: readonly Pair[]): LatencyJudges {
  return latencyJudges(
    header,
    pairs.flatMap((p) => p.baseline ?? []),
  );
}
