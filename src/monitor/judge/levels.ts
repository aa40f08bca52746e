import { LEVELS, ownWeight } from './constants.ts';
import { type Course, fitCourse, type GaugeMinute } from './course.ts';
import { type JudgeHeader, sumOf } from './figures.ts';
import { type GaugeJudge, gaugeOf, middleOf, onsetsSoFar, onsetWeight, ratios } from './gauges.ts';
import { logSumExp } from './onset.ts';

/**
 * Declared levels such as a quality or a queue's depth, each with the direction that is bad: log ratio to the control's =
 * level of the versions + fault, with noise that remembers. How much the ratio strays is taken from how it jumps from
 * minute to minute, since a version with little traffic has a mean of few. Values must be above 0.
 */
export function levelJudges(header: JudgeHeader): GaugeJudge[] {
  return Object.entries(header.levels ?? {}).map(([name, direction]) => {
    const sign = direction === 'decrease_bad' ? -1 : 1;
    const past = gaugeOf(header.history, (m) => m.custom[name]);
    const sizes = LEVELS.factors.map((factor) => sign * Math.log(factor));
    return (pairs) => {
      const rows = ratios(header, pairs, past, (m) => m.custom[name]);
      if (rows.length < LEVELS.fewest) return undefined;
      const course: Course = {
        level: { mean: 0, spread: LEVELS.levelSpread },
        start: { mean: 0, spread: LEVELS.levelSpread, decay: LEVELS.startDecay },
        spread: Math.max(LEVELS.leastSpread, past.spread, spreadByJumps(rows)),
        autocorrelation: LEVELS.autocorrelation,
      };
      const fit = fitCourse(rows, course);
      const terms = onsetsSoFar(LEVELS.onsets, rows).flatMap((onset) => {
        const shape = Float64Array.from(rows, ({ m }) => (m >= onset ? 1 : 0));
        const weight = onsetWeight(onset, LEVELS.onsets.length) - Math.log(sizes.length);
        return fit.faulty(shape, sizes).map((nats) => ({ onset, nats: nats - fit.healthy + weight }));
      });
      const best = terms.reduce((a, b) => (b.nats > a.nats ? b : a));
      const shift = middleOf(rows.filter((row) => row.m >= best.onset).map((row) => row.value));
      return {
        channel: name,
        evidence: logSumExp(terms.map((t) => t.nats)) + Math.log(ownWeight(header)),
        effect: Math.exp(shift),
        matters: sign * shift >= Math.log(LEVELS.matters),
      };
    };
  });
}

/**
 * Standard deviation of noise whose jumps are 2σ²(1 - r) in the mean square, with as many usual minutes as make few
 * jumps harmless. Noise that does not remember is taken for more than it is.
 */
function spreadByJumps(rows: readonly GaugeMinute[]): number {
  const jumps = rows.slice(1).map((row, i) => row.value - (rows[i]?.value ?? row.value));
  const own = sumOf(jumps, (jump) => jump ** 2) / (2 * (1 - LEVELS.autocorrelation));
  const usual = LEVELS.usualMinutes * LEVELS.usualSpread ** 2;
  return Math.sqrt((own + usual) / (jumps.length + LEVELS.usualMinutes));
}
