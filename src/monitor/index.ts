import { CloudError } from '../google/cloud-error.ts';
import { type Endpoint, parseEndpoint } from '../google/endpoint.ts';
import type { Clock } from '../plan/clock.ts';
import type { JudgedMetric } from '../plan/terms.ts';
import type { Verdict } from '../plan/verdict.ts';
import { attach } from './attach.ts';
import { type JudgeWindow, judge } from './judge.ts';
import type { MinutesRequest, QueryMinutes } from './minutes.ts';
import { MINUTE_MS, type Point } from './points.ts';
import type { ReadSignals, Signals, SignalsRequest } from './signals.ts';

export { type ChartData, renderChart } from './chart.ts';
export { type CommandRan, judgeWithCommands } from './commands.ts';
export type { Histogram } from './histogram.ts';
export { type JudgeWindow, judge } from './judge.ts';
export type { MinutesRequest } from './minutes.ts';
export type { Point } from './points.ts';
export { createProber, type LookRequest, type Prober, type ProberOptions } from './probes/prober.ts';
export { rehearse } from './rehearsal.ts';
export { suspicionOver } from './suspicion.ts';

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
  /** Nats of evidence at which it is bad; the judge's own threshold unless given. */
  readonly enough?: number | undefined;
  /** What each figure's word counts for; all as usual unless given. */
  readonly say?: JudgeWindow['say'];
  /** Metrics of the team's own that both sides are compared by. */
  readonly metrics?: readonly JudgedMetric[] | undefined;
  /** What the window of the step before left: its last verdict's `carry`. */
  readonly carried?: Readonly<Record<string, number>> | undefined;
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
   * Queries each metric once and judges. When the traffic cannot be read that is an answer too, `query-failed`, and never
   * promotes; any other figure is done without unless the plan requires it. Only an aborted signal throws.
   */
  observe(request: ObserveRequest, signal?: AbortSignal): Promise<Observation>;
}

const HISTORY_MS = 60 * MINUTE_MS;

/** Nothing is sent, and nothing of Google's loaded, before the first query. @throws CloudError for a bad endpoint. */
export function connectMonitoring(options: MonitoringOptions): Monitoring {
  const { project, endpoint, clock, log } = options;
  const where = parseEndpoint('Cloud Monitoring', endpoint, 'monitoring.googleapis.com');
  let opening: Promise<Readers> | undefined;
  const open = () => {
    opening ??= openReaders(project, where, clock);
    return opening;
  };

  async function minutes(request: MinutesRequest, signal?: AbortSignal): Promise<Point[]> {
    // The minute under way would look like a quiet one.
    const to = Math.min(request.to, Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS);
    if (to <= request.from) return [];
    const { traffic } = await open();
    const { service, canary, from } = request;
    return traffic({ service, canary, from, to }, signal);
  }

  async function signals(request: SignalsRequest, signal?: AbortSignal): Promise<Signals> {
    const to = Math.min(request.to, Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS);
    if (to <= request.from) return { custom: {}, unread: [] };
    return (await open()).signals({ ...request, to }, signal);
  }

  async function observe(request: ObserveRequest, signal?: AbortSignal): Promise<Observation> {
    const {
      service,
      canary,
      from,
      to,
      canaryShare,
      durationMin,
      enough,
      say,
      metrics = [],
      carried,
    } = request;
    try {
      const begun = performance.now();
      // What the old version did in the hour before says what to expect; the same queries bring it along.
      const asked = { service, canary, from: from - HISTORY_MS, to };
      const [traffic, others] = await Promise.all([
        minutes(asked, signal),
        signals({ ...asked, metrics }, signal),
      ]);
      const means = metrics.filter(({ measure }) => measure === 'mean').map(({ name }) => name);
      const all = attach(traffic, others, means);
      const points = all.filter((p) => p.minute >= from);
      const history = all.filter((p) => p.minute < from && p.arm === 'baseline');
      log('figures read', {
        service,
        points: points.length,
        ...(others.unread.length > 0 && { unread: others.unread }),
        ms: Math.round(performance.now() - begun),
      });
      const window = {
        from,
        canaryShare,
        durationMin,
        history,
        ...(enough !== undefined && { enough }),
        ...(say && { say }),
        ...(metrics.length > 0 && { metrics }),
        ...(carried && { carried }),
      };
      return { verdict: judge(window, points, others.unread), points, window };
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

interface Readers {
  readonly traffic: QueryMinutes;
  readonly signals: ReadSignals;
}

async function openReaders(project: string, where: Endpoint, clock: Clock): Promise<Readers> {
  const [{ openSeries }, { openMinutes }, { openSignals }, { rememberMinutes }] = await Promise.all([
    import('./time-series.ts'),
    import('./minutes.ts'),
    import('./signals.ts'),
    import('./minute-memory.ts'),
  ]);
  const list = openSeries(project, where);
  return { traffic: rememberMinutes(openMinutes(list), clock), signals: openSignals(list, clock) };
}
