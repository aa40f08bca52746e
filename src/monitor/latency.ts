import type { Stratum } from './errors.ts';
import { dispersion, type MinuteEvidence } from './evidence.ts';
import { type Histogram, survival } from './histogram.ts';
import { logProbability, mean, type Table, variance } from './noncentral.ts';

/** Slowdowns that are looked for. */
const FACTORS = [1.15, 1.3, 1.6, 2, 4];
/** Between-minute scatter of the log odds of healthy versions. */
const TAU = 0.1;

/** Which part of the distribution is compared, at which border of the buckets. */
export interface Cut {
  readonly quantile: number;
  /** Milliseconds. */
  readonly border: number;
}

/** The borders nearest to the given quantiles of the control; each border once. */
export function chooseCuts(control: Histogram, quantiles: readonly number[]): Cut[] {
  const heights = control.bounds.map((border) => ({ border, height: logit(survival(control, border)) }));
  const cuts: Cut[] = [];
  for (const quantile of quantiles) {
    const far = (height: number) => Math.abs(height - logit(1 - quantile));
    const nearest = heights.reduce<(typeof heights)[number] | undefined>(
      (best, h) => (best === undefined || far(h.height) < far(best.height) ? h : best),
      undefined,
    );
    if (nearest && !cuts.some((c) => c.border === nearest.border))
      cuts.push({ quantile, border: nearest.border });
  }
  return cuts;
}

/**
 * Evidence per minute that more of the canary's answers exceed the border than a slowdown by `nullFactor` plus
 * `slackMs` would explain. Exact for any share of exceedances. A factor becomes an odds ratio by way of the control's
 * distribution: the canary's share above x is the control's share above x / factor.
 * @param strata `x` counts the answers at or above the border.
 */
export function latencyEvidence(
  strata: readonly Stratum[],
  cut: Cut,
  control: Histogram,
  nullFactor: number,
  slackMs: number,
): MinuteEvidence[] {
  const { border } = cut;
  const here = logit(survival(control, border));
  const oddsAt = (value: number) =>
    Math.exp(Math.max(0, logit(survival(control, Math.max(value, 0.01))) - here));
  const nullOdds = oddsAt((border - slackMs) / nullFactor);
  const odds = FACTORS.map((factor) => Math.max(oddsAt(border / factor), nullOdds * 1.1));

  const tables = strata.map(({ canary, baseline }) => ({
    table: { canary: canary.n, baseline: baseline.n, total: canary.x + baseline.x } satisfies Table,
    x: canary.x,
  }));
  const fitted = fittedOdds(strata);
  const scatter = dispersion(
    tables.map(({ table, x }) => ({
      observed: x,
      expected: mean(table, fitted),
      variance: variance(table, fitted),
    })),
  );
  return tables.map(({ table, x }) => {
    if (table.canary === 0 || table.baseline === 0 || table.total === 0) return odds.map(() => 0);
    const damp = scatter * (1 + TAU ** 2 * variance(table, nullOdds));
    const under = logProbability(table, x, nullOdds);
    return odds.map((o) => (logProbability(table, x, o) - under) / damp);
  });
}

function fittedOdds(strata: readonly Stratum[]): number {
  const odds = (arm: 'canary' | 'baseline') => {
    const x = strata.reduce((sum, s) => sum + s[arm].x, 0);
    const n = strata.reduce((sum, s) => sum + s[arm].n, 0);
    return (x + 0.5) / (n - x + 0.5);
  };
  return odds('canary') / odds('baseline');
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
