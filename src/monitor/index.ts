import { CloudError } from '../google/cloud-error.ts';
import { parseEndpoint } from '../google/endpoint.ts';
import type { Clock } from '../plan/clock.ts';
import type { Verdict } from '../plan/verdict.ts';
import { type JudgeWindow, judge } from './judge.ts';
import type { MinutesRequest, QueryMinutes } from './minutes.ts';
import { MINUTE_MS, type Point } from './points.ts';

export { type ChartData, renderChart } from './chart.ts';
export { type CommandRan, judgeWithCommands } from './commands.ts';
export type { Histogram } from './histogram.ts';
export { type JudgeWindow, judge } from './judge.ts';
export type { MinutesRequest } from './minutes.ts';
export type { Point } from './points.ts';
export { createProber, type LookRequest, type Prober, type ProberOptions } from './probes/prober.ts';

export interface MonitoringOptions {
  readonly project: string;
  /** Base URL as gcloud spells it; absent means Google's own. */
  readonly endpoint?: string | undefined;
  readonly clock: Clock;
  readonly log: (message: string, details?: object) => void;
}

export interface ObserveRequest extends MinutesRequest {
  /** The canary's share of the traffic, above 0 and up to 1. */
  readonly canaryShare: number;
  /** Minutes that the whole window lasts; `to` may be before its end. */
  readonly durationMin: number;
}

export interface Observation {
  readonly verdict: Verdict;
  /** Of the window; oldest first. */
  readonly points: readonly Point[];
  /** What was judged; absent where the query failed. */
  readonly window?: JudgeWindow;
}

export interface Monitoring {
  /** The figures of whole minutes, one query for all versions. @throws CloudError */
  minutes(request: MinutesRequest, signal?: AbortSignal): Promise<Point[]>;
  /**
   * Queries once and judges. A query that fails is an answer too, `query-failed`, and never promotes; only an aborted
   * signal throws.
   */
  observe(request: ObserveRequest, signal?: AbortSignal): Promise<Observation>;
}

const HISTORY_MS = 60 * MINUTE_MS;

/** Nothing is sent, and nothing of Google's loaded, before the first query. @throws CloudError for a bad endpoint. */
export function connectMonitoring(options: MonitoringOptions): Monitoring {
  const { project, endpoint, clock, log } = options;
  const where = parseEndpoint('Cloud Monitoring', endpoint, 'monitoring.googleapis.com');
  let opening: Promise<QueryMinutes> | undefined;
  const open = () => {
    opening ??= Promise.all([import('./minutes.ts'), import('./minute-memory.ts')]).then(
      ([{ openMinutes }, { rememberMinutes }]) => rememberMinutes(openMinutes(project, where), clock),
    );
    return opening;
  };

  async function minutes(request: MinutesRequest, signal?: AbortSignal): Promise<Point[]> {
    // The minute under way would look like a quiet one.
    const to = Math.min(request.to, Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS);
    if (to <= request.from) return [];
    const query = await open();
    return query({ ...request, to }, signal);
  }

  async function observe(request: ObserveRequest, signal?: AbortSignal): Promise<Observation> {
    const { from, canaryShare, durationMin } = request;
    try {
      const begun = performance.now();
      // What the old version did in the hour before says what to expect; the same one query brings it along.
      const all = await minutes({ ...request, from: from - HISTORY_MS }, signal);
      const points = all.filter((p) => p.minute >= from);
      const history = all.filter((p) => p.minute < from && p.arm === 'baseline');
      log('figures read', {
        service: request.service,
        points: points.length,
        ms: Math.round(performance.now() - begun),
      });
      const window = { from, canaryShare, durationMin, history };
      return { verdict: judge(window, points), points, window };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof CloudError)) throw error;
      log('figures could not be read', { service: request.service, problem: error.message });
      const none = { requests: 0, errors: 0 };
      const verdict: Verdict = {
        answer: 'query-failed',
        reasons: [error.message],
        canary: none,
        baseline: none,
        through: from,
      };
      return { verdict, points: [] };
    }
  }

  return { minutes, observe };
}
