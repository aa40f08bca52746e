import { coldShare } from './cold.ts';
import { BEFORE_AND_AFTER, COLD, TAIL, WEIGHT } from './constants.ts';
import type { Finding, JudgeHeader, MinuteFigures, Pair } from './figures.ts';
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
    const ratio = (factor: number) => Math.max(1, shape.above(at / (factor * wide)) / over);
    cuts.set(border, {
      border,
      name: `p${Number((100 * (1 - over)).toPrecision(over < 0.01 ? 4 : 3))}`,
      nullRatio: ratio(TAIL.nullFactor),
      matters: Math.max(TAIL.matters, ratio(TAIL.mattersFactor)),
    });
  }
  if (header.coldStartsApart) return [...cuts.values()];
  const end = bounds.findLastIndex((bound) => bound <= COLD.ownCut);
  const bands = [...cuts.values()].filter((cut) => cut.border < end);
  return [...cuts.values(), ...bands.map((cut) => ({ ...cut, end, name: `${cut.name} to 1 s` }))];
}

export function judgeTail(header: JudgeHeader, cuts: readonly Cut[], pairs: readonly Pair[]): Finding[] {
  const withControl = header.canaryShare < 1;
  const history = header.history.map(tails);
  const sides = pairs.map(({ m, canary, baseline }) => ({
    m,
    canary: tails(canary),
    baseline: tails(baseline),
  }));
  return cuts.map((cut) => {
    const count = (tails: readonly number[]) => ({
      n: tails[0] ?? 0,
      x: (tails[cut.border + 1] ?? 0) - (cut.end === undefined ? 0 : (tails[cut.end + 1] ?? 0)),
    });
    const slipping = header.coldStartsApart ? 0 : cut.end === undefined ? 1 : COLD.slipping;
    const rows = sides
      .map((side) => ({ m: side.m, canary: count(side.canary), baseline: count(side.baseline) }))
      .filter((row) => row.canary.n > 0 && (row.baseline.n > 0 || !withControl))
      .map((row) => ({ ...row, excused: slipping * coldShare(row.m, row.canary.n) }));
    const prior = ratePrior([...history.map(count), ...rows.map((row) => row.baseline)], TAIL.sharedSpread);
    const margins = { ...TAIL, nullRatio: cut.nullRatio };
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
}

function tails(minute: MinuteFigures | undefined): readonly number[] {
  return tailsOf(minute?.latency ?? []);
}
