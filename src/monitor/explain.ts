import type { Figures, Verdict } from '../plan/verdict.ts';
import { detectableRatio, ratioInterval } from './errors.ts';
import { ENOUGH, FEWEST_REQUESTS, WEIGHT } from './judge/constants.ts';
import type { Decision } from './judge/decide.ts';
import type { JudgeWindow } from './judge.ts';
import type { Point } from './points.ts';
import * as say from './sentences.ts';

/** What was compared. */
export interface Compared {
  readonly window: JudgeWindow;
  readonly points: readonly Point[];
  /** Both sides' totals; the baseline's are the history's where nothing served beside the canary. */
  readonly canary: Figures;
  readonly baseline: Figures;
}

/** The decision in sentences, the weightiest first, and the figures that they rest on. */
export function explain(
  decision: Decision,
  { window, canary, baseline }: Compared,
): Pick<Verdict, 'reasons' | 'errorRatio' | 'detectable'> {
  const totals = {
    canary: { n: canary.requests, x: canary.errors },
    baseline: { n: baseline.requests, x: baseline.errors },
  };
  const errorRatio = ratioInterval(totals);
  const detectable = detectableRatio(totals, (window.enough ?? ENOUGH) - Math.log(WEIGHT.errors));
  const known = { ...(errorRatio && { errorRatio }), ...(detectable !== undefined && { detectable }) };
  const errorLine = say.errors(canary, baseline, errorRatio);
  const latencyLine = say.latency(canary, baseline);
  switch (decision.kind) {
    case 'no-data':
      return { reasons: [say.NO_FIGURES] };
    case 'unreached':
      return { reasons: [say.unreached(baseline.requests, expected(window, baseline.requests))] };
    case 'bad':
      return { reasons: guiltyFirst(decision, errorLine, latencyLine), ...known };
    case 'thin-canary':
      return { reasons: [say.tooLittle('new', canary.requests, FEWEST_REQUESTS), errorLine], ...known };
    case 'thin-baseline':
      return { reasons: [say.tooLittle('old', baseline.requests, FEWEST_REQUESTS), errorLine], ...known };
    case 'doubtful':
      return {
        reasons: [say.doubtful(guiltyOf(decision)?.channel ?? 'it'), errorLine, latencyLine],
        ...known,
      };
    case 'good':
      return {
        reasons: [
          errorLine,
          latencyLine,
          ...say.unknowable(detectable),
          ...say.compared(window.canaryShare < 1),
        ],
        ...known,
      };
  }
}

function guiltyOf(decision: Decision) {
  return decision.findings.find((f) => f.matters);
}

function guiltyFirst(decision: Decision, errorLine: string, latencyLine: string): string[] {
  const guilty = guiltyOf(decision);
  if (guilty?.channel === '5xx') return [errorLine, latencyLine];
  if (guilty?.channel === 'latency') return [latencyLine, errorLine];
  if (!guilty) return [errorLine, latencyLine];
  return [latencyLine, `Guilty: ${say.finding(guilty.channel, guilty.effect)}`, errorLine];
}

/** With its share of the traffic the canary should have had this many. */
function expected({ canaryShare: s }: JudgeWindow, others: number): number {
  return (others * s) / (1 - s);
}
