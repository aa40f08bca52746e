import { CloudError } from '../google/cloud-error.ts';
import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';
import type { JudgedMetric } from '../plan/terms.ts';
import { type Amount, openAmounts, type ReadAmounts, type VersionMetric } from './amounts.ts';
import { rememberKinds } from './metric-kind.ts';
import { rememberMinutes } from './minute-memory.ts';
import type { MinutesRequest } from './minutes.ts';
import * as platform from './platform-metrics.ts';
import type { ListSeries } from './time-series.ts';

/** A figure that was asked for and could not be read. */
export interface Unread {
  /** One of the plan's subjects, or the name of a metric. */
  readonly name: string;
  /** A sentence. */
  readonly problem: string;
}

/** What there is to know of the minutes beside the traffic. */
export interface Signals {
  readonly errorLogs?: readonly Amount[];
  readonly memory?: readonly Amount[];
  readonly instances?: readonly Amount[];
  /** CPU time, of all instances. */
  readonly cpu?: readonly Amount[];
  /** By name; a metric without any point is not among them. */
  readonly custom: Readonly<Record<string, readonly Amount[]>>;
  readonly unread: readonly Unread[];
}

export interface SignalsRequest extends MinutesRequest {
  readonly metrics: readonly JudgedMetric[];
}

/** @throws only what is no answer of Google's: an aborted signal, a defect. */
export type ReadSignals = (request: SignalsRequest, signal?: AbortSignal) => Promise<Signals>;

/** Gauges move slowly, and each is a query of its own: what was read in the last three minutes is good enough. */
const GAUGES_REST = 3 * MINUTE;

/**
 * One query for each metric, all at once, each for all versions. One that fails costs its own figure alone. Figures that
 * are known are not asked for again.
 */
export function openSignals(list: ListSeries, clock: Clock): ReadSignals {
  const read = unknownAsEmpty(openAmounts(list));
  const soon = rememberMinutes(read, clock);
  const slowly = rememberMinutes(read, clock, { rest: GAUGES_REST });
  const kindOf = rememberKinds(list);
  /** Services whose CPU was found where the flexible environment has it. */
  const flexible = new Set<string>();

  return async ({ metrics, ...request }, signal) => {
    const unread: Unread[] = [];
    const { service } = request;

    async function attempt<T>(name: string, run: () => Promise<T>): Promise<T | undefined> {
      try {
        return await run();
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof CloudError)) throw error;
        if (!isUnknown(error)) unread.push({ name, problem: error.message });
        return undefined;
      }
    }

    const gauge = (metric: VersionMetric) => slowly({ ...request, metric }, signal);

    async function readCpu(): Promise<readonly Amount[]> {
      if (!flexible.has(service)) {
        const standard = await attempt('cpu', () => gauge(platform.cpu(service)));
        if (standard && standard.length > 0) return standard;
      }
      const [busy = [], cores = []] =
        (await attempt('cpu', () =>
          Promise.all([gauge(platform.flexUtilization(service)), gauge(platform.flexCores(service))]),
        )) ?? [];
      if (busy.length > 0) flexible.add(service);
      return product(busy, cores);
    }

    async function readOwn(metric: JudgedMetric): Promise<readonly Amount[] | undefined> {
      const filter = platform.ownFilter(metric, service);
      const called = `the metric "${metric.name}"`;
      const doing = `read ${called} of ${service}`;
      const kind = await kindOf(filter, request, doing, signal);
      if (!kind) return undefined;
      const aligned = platform.alignment(metric.measure, kind);
      if ('cannot' in aligned) {
        unread.push({ name: metric.name, problem: aligned.cannot });
        return undefined;
      }
      return soon({ ...request, metric: { called, filter, version: metric.version, ...aligned } }, signal);
    }

    const [errorLogs, memory, instances, cpu, ...own] = await Promise.all([
      attempt('errorLogs', () => soon({ ...request, metric: platform.errorLogs(service) }, signal)),
      attempt('memory', () => gauge(platform.memory(service))),
      attempt('memory', () => gauge(platform.instances(service))),
      readCpu(),
      ...metrics.map((metric) => attempt(metric.name, () => readOwn(metric))),
    ]);
    const custom = metrics.flatMap(({ name }, i) => {
      const amounts = own[i];
      return amounts && amounts.length > 0 ? [[name, amounts] as const] : [];
    });
    return {
      ...(errorLogs && { errorLogs }),
      ...(memory && { memory }),
      ...(instances && { instances }),
      cpu,
      custom: Object.fromEntries(custom),
      unread: unread.filter(({ name }, i) => unread.findIndex((one) => one.name === name) === i),
    };
  };
}

/** A metric that nobody has written is not known to Google. That is remembered like any other answer. */
function unknownAsEmpty(read: ReadAmounts): ReadAmounts {
  return (request, signal) =>
    read(request, signal).catch((error: unknown) => {
      if (isUnknown(error)) return [];
      throw error;
    });
}

function isUnknown(error: unknown): boolean {
  return error instanceof CloudError && error.kind === 'not-found';
}

/** Cores that were busy: the share of them, as a mean, times how many there were. */
function product(shares: readonly Amount[], cores: readonly Amount[]): Amount[] {
  return shares.flatMap((share) => {
    const all = cores.find((one) => one.arm === share.arm && one.minute === share.minute);
    return all ? [{ ...share, sum: (share.sum / share.count) * all.sum }] : [];
  });
}
