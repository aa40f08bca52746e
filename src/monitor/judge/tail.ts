import { type BodyScale, slowdowns } from './body.ts';
import { coldShare } from './cold.ts';
import { BEFORE_AND_AFTER, COLD, TAIL, WEIGHT } from './constants.ts';
import type { Finding, JudgeHeader, MinuteFigures, Pair } from './figures.ts';
import type { Count } from './likelihoods.ts';
import { overOnsets } from './onset.ts';
import { rareEvidence, ratePrior, ratioSince, withJumps } from './rare.ts';
import { shapeOf, tailsOf } from './shape.ts';

/** A border far out, and what a slowdown does there. */
export interface Cut {
  readonly border: number;
  /** Border at which the band ends: beyond it lie cold starts that cannot be told apart. */
  readonly end?: number;
  readonly name: string;
  /** Ratio of the shares above it that a harmless slowdown explains; the one that matters. */
  readonly nullRatio: number;
  readonly matters: number;
  /** Ratio of the shares when both versions are slower by a factor. */
  lift(factor: number): number;
}

/** The borders nearest to the given shares of the history, each once. */
export function tailCuts(header: JudgeHeader, minutes: readonly MinuteFigures[]): Cut[] {
  const { bounds } = header;
  const shape = shapeOf(
    bounds,
    minutes.map((m) => m.latency),
  );
  if (shape.total < 20) return [];
  const logit = (p: number) => Math.log(p / (1 - p));
  const cuts = new Map<number, Cut>();
  const wide = header.canaryShare < 1 ? 1 : BEFORE_AND_AFTER.latency.nullFactor / 1.05;
  for (const share of TAIL.shares) {
    let border = -1;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [i, over] of shape.over.entries()) {
      const far = Math.abs(logit(Math.min(over, 0.99)) - logit(share));
      if (far < nearest) [nearest, border] = [far, i];
    }
    const over = shape.over[border] ?? 1;
    if (border < 0 || over > 0.15 || cuts.has(border)) continue;
    const at = bounds[border] ?? 0;
    const lift = (factor: number) => shape.above(at / factor) / over;
    const ratio = (factor: number) => Math.max(1, lift(factor * wide));
    cuts.set(border, {
      border,
      name: `p${Number((100 * (1 - over)).toPrecision(over < 0.01 ? 4 : 3))}`,
      nullRatio: ratio(TAIL.nullFactor),
      matters: Math.max(TAIL.matters, ratio(TAIL.mattersFactor)),
      lift,
    });
  }
  if (header.coldStartsApart) return [...cuts.values()];
  const end = bounds.findLastIndex((bound) => bound <= COLD.ownCut);
  const bands = [...cuts.values()].filter((cut) => cut.border < end);
  return [...cuts.values(), ...bands.map((cut) => ({ ...cut, end, name: `${cut.name} to 1 s` }))];
}

/** Judges the tails of a window, one finding for each border. */
export type TailJudge = (pairs: readonly Pair[]) => Finding[];

export function tailJudge(
  header: JudgeHeader,
  cuts: readonly Cut[],
  scale: BodyScale | undefined,
): TailJudge {
  const withControl = header.canaryShare < 1;
  const history = header.history.map(tails);
  const channels = cuts.map((cut) => ({
    cut,
    history: history.map((minute) => beyond(cut, minute)),
    margins: { ...TAIL, nullRatio: cut.nullRatio },
    slipping: header.coldStartsApart ? 0 : cut.end === undefined ? 1 : COLD.slipping,
  }));
  return (pairs) => {
    const slowed = scale && withControl ? slowdowns(scale, header.history, pairs) : [];
    const sides = pairs
      .map(({ m, canary, baseline }, i) => ({
        m,
        canary: tails(canary),
        baseline: tails(baseline),
        slowed: slowed[i] ?? 1,
      }))
      .filter(({ canary, baseline }) => (canary[0] ?? 0) > 0 && ((baseline[0] ?? 0) > 0 || !withControl));
    return channels.map(({ cut, history, margins, slipping }) => {
      const rows = sides.map(({ m, canary, baseline, slowed }) => {
        const own = beyond(cut, canary);
        return {
          m,
          canary: own,
          baseline: beyond(cut, baseline),
          excused: slipping * coldShare(m, own.n),
          lift: slowed === 1 ? 1 : cut.lift(slowed),
        };
      });
      const prior = ratePrior([...history, ...rows.map((row) => row.baseline)], TAIL);
      const { evidence, since } = overOnsets(
        rareEvidence(rows, withControl ? withJumps(prior, rows) : prior, margins, withControl),
        header.durationMin,
      );
      const effect = rows.length > 0 ? ratioSince(rows, since, prior, 'more') : undefined;
      return {
        channel: cut.name,
        evidence: evidence + Math.log(WEIGHT.tail / cuts.length),
        effect,
        matters: (effect ?? 0) >= cut.matters,
      };
    });
  };
}

function beyond({ border, end }: Cut, tails: readonly number[]): Count {
  return {
    n: tails[0] ?? 0,
    x: (tails[border + 1] ?? 0) - (end === undefined ? 0 : (tails[end + 1] ?? 0)),
  };
}

function tails(minute: MinuteFigures | undefined): readonly number[] {
  return tailsOf(minute?.latency ?? []);
}
