import type { Random } from './random.ts';
import { type Arm, MINUTES, type Minute, type World } from './world.ts';

export interface WirePoint {
  readonly m: number;
  readonly v: Arm;
  readonly rc?: Record<string, number>;
  readonly rcLoading?: Record<string, number>;
  readonly lat?: readonly number[];
  readonly latLoading?: readonly number[];
  readonly errlog?: number;
  readonly custom?: Record<string, number>;
  readonly cpu?: number;
  readonly mem?: number;
}

export interface Header {
  readonly type: 'window';
  readonly schema: 1;
  readonly id: string;
  readonly durationMin: number;
  readonly canaryShare: number;
  readonly env: 'standard' | 'flex';
  readonly shardBy: 'random' | 'cookie' | 'ip';
  readonly maxDelayMin: number;
  readonly buckets: { readonly exponential: World['layout'] };
  readonly directions: Record<string, 'decrease_bad' | 'increase_bad'>;
  readonly history: readonly WirePoint[];
}

export interface Tick {
  readonly type: 'tick';
  readonly id: string;
  readonly t: number;
  readonly points: readonly WirePoint[];
}

export interface Wired {
  readonly header: Header;
  readonly ticks: readonly Tick[];
  /** Tick at which the canary's minute was first seen; absent when it was lost. */
  readonly seenAt: ReadonlyMap<number, number>;
}

/** The world as a monitoring service shows it: late, out of order, with holes, 5xx after the rest at times. */
export function wire(world: World, id: string, random: Random): Wired {
  const inbox = Array.from({ length: MINUTES + 1 }, (): WirePoint[] => []);
  const seenAt = new Map<number, number>();
  const lost = world.spec.kind === 'aa_gaps' ? 0.2 : 0.01;
  for (const minute of world.window) {
    if (random.uniform() < lost) continue;
    const dice = random.uniform();
    const delay = dice < 0.4 ? 1 : dice < 0.8 ? 2 : dice < 0.97 ? 3 : 4;
    const at = minute.m + 1 + delay;
    if (at > MINUTES) continue;
    if (minute.arm === 'canary') seenAt.set(minute.m, at);
    const point = toPoint(minute);
    const { '5xx': failed, ...others } = point.rc ?? {};
    if (failed && random.uniform() < 0.05) {
      inbox[at]?.push({ ...point, rc: others });
      inbox[at + 1]?.push({ m: minute.m, v: minute.arm, rc: { '5xx': failed } });
    } else inbox[at]?.push(point);
  }
  const header: Header = {
    type: 'window',
    schema: 1,
    id,
    durationMin: MINUTES,
    canaryShare: world.spec.share,
    env: world.env,
    shardBy: world.shardBy,
    maxDelayMin: world.maxDelayMin,
    buckets: { exponential: world.layout },
    directions: { orders: 'decrease_bad' },
    history: world.history.map(toPoint),
  };
  const ticks = inbox.slice(1).map((points, i): Tick => ({ type: 'tick', id, t: i + 1, points }));
  return { header, ticks, seenAt };
}

function toPoint(minute: Minute): WirePoint {
  const { requests, errors, clientErrors, loading, loadingErrors } = minute;
  return {
    m: minute.m,
    v: minute.arm,
    rc: positive({ '2xx': requests - errors - clientErrors, '4xx': clientErrors, '5xx': errors }),
    ...(loading > 0 && {
      rcLoading: positive({ '2xx': loading - loadingErrors, '5xx': loadingErrors }),
      latLoading: cut(minute.latencyLoading),
    }),
    ...(requests > loading && { lat: cut(minute.latency) }),
    ...(minute.errorLogs > 0 && { errlog: minute.errorLogs }),
    ...(minute.orders > 0 && { custom: { orders: minute.orders } }),
    cpu: Number(minute.cpu.toFixed(4)),
    mem: Number(minute.memory.toFixed(2)),
  };
}

function positive(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}

function cut(counts: readonly number[]): number[] {
  return counts.slice(0, counts.findLastIndex((c) => c > 0) + 1);
}
