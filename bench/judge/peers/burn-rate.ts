import type { PointLine } from '../../../src/monitor/judge/protocol.ts';
import { errorRate, openFigures, requestsOf } from './figures.ts';
import type { Peer } from './peer.ts';

export interface BurnRateOptions {
  /** Multiple of the budget at which it alarms. */
  readonly factor: number;
  /** Minutes of the long and of the short window. */
  readonly long: number;
  readonly short: number;
}

/** The fastest pair of the SRE workbook (Alerting on SLOs): 2 % of a month's budget within an hour. */
export const FAST_BURN: BurnRateOptions = { factor: 14.4, long: 60, short: 5 };

/** Both windows burn the budget faster than `factor` allows; NaN, where there were no requests, never does. */
export function burns(factor: number, budget: number, long: number, short: number): boolean {
  return long > factor * budget && short > factor * budget;
}

/**
 * A burn-rate alarm on the new version's responses. Its budget is what the old version used in the hour before: an
 * objective that the service just meets, which is the best that it could have been told.
 */
export function burnRate({ factor, long, short }: BurnRateOptions): Peer {
  return (header) => {
    const figures = openFigures(header);
    const budget = budgetOf(header.history);
    return (tick) => {
      figures.take(tick);
      const end = figures.end(tick.t);
      const rate = (minutes: number) =>
        end === undefined ? Number.NaN : errorRate(figures.points('canary', end - minutes, end));
      if (burns(factor, budget, rate(long), rate(short))) return 'rollback';
      return tick.t >= header.durationMin ? 'promote' : 'continue';
    };
  };
}

/** Half an error more than were seen, so that an hour without any does not allow nothing. */
function budgetOf(history: readonly PointLine[]): number {
  const requests = requestsOf(history);
  const errors = requests > 0 ? errorRate(history) * requests : 0;
  return (errors + 0.5) / (requests + 1);
}
