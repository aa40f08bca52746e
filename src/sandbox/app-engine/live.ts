import type { SandboxClock } from '../clock.ts';
import { merge, percentile } from './distribution.ts';
import { type Figures, MINUTE, type Minute } from './figures.ts';
import type { Fleet } from './fleet.ts';
import type { Registry } from './registry.ts';
import type { Trouble, Troubles } from './troubles.ts';

export interface LiveVersion {
  readonly id: string;
  /** Of the service's traffic, from 0 to 1. */
  readonly share: number;
  readonly stopped: boolean;
  readonly instances: number;
  /** Bytes of all instances. */
  readonly memory: number;
  readonly trouble: Trouble;
}

export interface LiveService {
  readonly id: string;
  /** The newest first. */
  readonly versions: readonly LiveVersion[];
}

/** What one version answered within one minute. */
export interface LiveMinute {
  /** Start of the minute, milliseconds of the sandbox's clock. */
  readonly at: number;
  readonly service: string;
  readonly version: string;
  readonly requests: number;
  /** Of these, those that were answered 500 or above. */
  readonly errors: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

export interface Live {
  readonly services: readonly LiveService[];
  /** Oldest first; a version without requests in a minute has none of it. The last one may not be over. */
  readonly minutes: readonly LiveMinute[];
}

interface Parts {
  readonly registry: Registry;
  readonly fleet: Fleet;
  readonly figures: Figures;
  readonly troubles: Troubles;
  readonly clock: SandboxClock;
}

/** The application as somebody sees it who looks on: without the delays that Monitoring has. */
export function liveView({ registry, fleet, figures, troubles, clock }: Parts, minutes: number): Live {
  const now = clock.now();
  const services = registry.services().map(({ id: service, allocations }) => ({
    id: service,
    versions: registry
      .versions(service)
      .toReversed()
      .map(({ id, stopped }) => {
        const running = fleet.running(service, id);
        return {
          id,
          share: allocations[id] ?? 0,
          stopped,
          instances: running.length,
          memory: running.reduce((sum, { memory }) => sum + memory, 0),
          trouble: troubles.get(service, id),
        };
      }),
  }));
  const seen = [...figures.between(now - minutes * MINUTE, now), figures.unfinished()];
  return { services, minutes: seen.flatMap(byVersion) };
}

function byVersion({ at, cells }: Minute): LiveMinute[] {
  const owners = new Map(
    cells.map(({ service, version }) => [`${service}/${version}`, { service, version }]),
  );
  return [...owners.values()].map(({ service, version }) => {
    const own = cells.filter((cell) => cell.service === service && cell.version === version);
    const all = merge(own);
    const failed = own.filter(({ code }) => code >= 500);
    return {
      at,
      service,
      version,
      requests: all.count,
      errors: failed.reduce((sum, { count }) => sum + count, 0),
      p50: percentile(all, 0.5),
      p95: percentile(all, 0.95),
    };
  });
}
