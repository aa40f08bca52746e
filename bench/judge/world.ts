import { bucketShares, coldShares, draw, drawMixture, type Mixture, quantileOf } from './latencies.ts';
import { drawCold, drawGauges, geometricExtra, steadyCold } from './nuisances.ts';
import { autoregression, type Random } from './random.ts';
import type { Spec } from './spec.ts';

export type Arm = 'canary' | 'baseline';
export const MINUTES = 30;
export const HISTORY = 60;

/** What one version did in one minute, and what it had been drawn from. */
export interface Minute {
  readonly m: number;
  readonly arm: Arm;
  readonly requests: number;
  readonly loading: number;
  readonly clientErrors: number;
  readonly errors: number;
  readonly loadingErrors: number;
  readonly latency: readonly number[];
  readonly latencyLoading: readonly number[];
  readonly errorLogs: number;
  readonly orders: number;
  readonly cpu: number;
  readonly memory: number;
  readonly truth: Truth;
}

export interface Truth {
  /** Clusters of errors: found, and to be expected of a healthy and of the faulty version. */
  readonly clusters: number;
  readonly healthyClusters: number;
  readonly faultyClusters: number;
  readonly healthyShares: readonly number[];
  readonly faultyShares: readonly number[];
  readonly logs: readonly [found: number, healthy: number, faulty: number];
  readonly orders: readonly [found: number, healthy: number, faulty: number];
  /** Deviation of the gauge that the fault moves from its healthy course, in log units. */
  readonly gauge: {
    readonly deviation: number;
    readonly fault: number;
    readonly sd: number;
    readonly r: number;
  };
}

export interface World {
  readonly spec: Spec;
  readonly env: 'standard' | 'flex';
  readonly shardBy: 'random' | 'cookie' | 'ip';
  readonly maxDelayMin: number;
  readonly layout: {
    readonly scale: number;
    readonly growthFactor: number;
    readonly numFiniteBuckets: number;
  };
  readonly history: readonly Minute[];
  readonly window: readonly Minute[];
}

/**
 * One window with everything that makes judging hard: wandering load, errors that share a rate and come in clusters,
 * a mix that changes, cold starts, gauges that remember. All constants are assumptions, none is fitted to App Engine.
 */
export function simulate(spec: Spec, random: Random): World {
  const env = random.uniform() < 0.3 ? 'flex' : 'standard';
  const shardBy = random.pick(['random', 'cookie', 'ip'] as const);
  const growthFactor = random.between(1.2, 2);
  const scale = random.pick([0.5, 1, 1, 2]);
  const layout = {
    scale,
    growthFactor,
    numFiniteBuckets: Math.ceil(Math.log(60_000 / scale) / Math.log(growthFactor)),
  };
  const bounds = Array.from({ length: layout.numFiniteBuckets + 1 }, (_, i) => scale * growthFactor ** i);
  const app = drawApp(spec, env, bounds, random);
  const shared = drawShared(spec, random);
  const part = { canary: makeArm('canary', app, random), baseline: makeArm('baseline', app, random) };
  const bias = shardBy === 'random' ? 0 : random.normal() * (shardBy === 'ip' ? 0.25 : 0.08);
  const share = spec.share >= 1 ? 1 : sigmoid(Math.log(spec.share / (1 - spec.share)) + bias);
  const drift = autoregression(random, 0.9, spec.kind === 'aa_share' ? 0.4 : 0.03);

  const history: Minute[] = [];
  for (let m = -HISTORY; m < 0; m++) {
    const now = shared.at(m);
    history.push(part.baseline(m, random.poisson(now.load * 60 * spec.rps), now));
  }
  const window: Minute[] = [];
  for (let m = 0; m < MINUTES; m++) {
    const now = shared.at(m);
    const total = random.poisson(now.load * 60 * spec.rps);
    const own = share >= 1 ? 1 : sigmoid(Math.log(share / (1 - share)) + drift());
    const canary = spec.kind === 'zero' ? 0 : random.binomial(total, own);
    if (canary > 0) window.push(part.canary(m, canary, now));
    if (spec.share < 1) window.push(part.baseline(m, total - canary, now));
  }
  return { spec, env, shardBy, maxDelayMin: 4, layout, history, window };
}

interface Shared {
  readonly load: number;
  readonly errors: number;
  readonly latency: number;
  readonly cpu: number;
  /** Error rate that one version has on top for this minute alone. */
  readonly blip: number;
}

function drawShared(spec: Spec, random: Random) {
  const load = autoregression(random, 0.7, random.between(0.08, 0.16));
  const trouble = autoregression(random, 0.7, random.between(0.2, 0.4));
  const cpu = autoregression(random, 0.7, 0.05);
  const slowness = autoregression(random, 0.95, 0.04);
  const phase = random.between(0, 2 * Math.PI);
  const incident = { from: Math.floor(random.between(2, 22)), length: random.between(4, 15) };
  const factor = { errors: random.between(8, 60), latency: random.between(1, 3.3) };
  const blip = { at: Math.floor(random.between(1, 27)), rate: random.between(0.1, 0.35) };
  return {
    at(m: number): Shared & { readonly blipArm: Arm | 'both' } {
      const inside = spec.kind === 'incident' && m >= incident.from && m < incident.from + incident.length;
      const hit = (spec.kind === 'blip' || spec.kind === 'blip_shared') && m === blip.at;
      const burst = random.uniform() < 0.02 ? random.between(1.5, 2.5) : 1;
      const daily = 1 + 0.25 * Math.sin(phase + (m * 2 * Math.PI) / 1440);
      return {
        load: daily * burst * Math.exp(load()) * random.gamma(50),
        errors: Math.exp(trouble()) * (inside ? factor.errors : 1),
        latency: Math.exp(slowness()) * (inside ? factor.latency : 1),
        cpu: cpu() + (burst > 1 ? 0.3 : 0),
        blip: hit ? blip.rate : 0,
        blipArm: spec.kind === 'blip' ? 'canary' : 'both',
      };
    },
  };
}

/** What both versions have in common. */
interface App {
  readonly spec: Spec;
  readonly env: World['env'];
  readonly bounds: readonly number[];
  readonly mixture: Mixture;
  readonly p99: number;
  /** Errors of a cluster, on average. */
  readonly clump: number;
  readonly logRate: number;
  readonly orderRate: number;
}

function drawApp(spec: Spec, env: World['env'], bounds: readonly number[], random: Random): App {
  const mixture = drawMixture(random);
  return {
    spec,
    env,
    bounds,
    mixture,
    p99: quantileOf(mixture, 0.99),
    clump: spec.kind === 'aa_clump' ? 3 : random.between(1, 2),
    logRate: random.logBetween(0.0001, 0.001),
    orderRate: random.logBetween(0.02, 0.2),
  };
}

function makeArm(arm: Arm, app: App, random: Random) {
  const { spec, env, bounds, mixture, clump } = app;
  const canary = arm === 'canary';
  const bias = Math.exp(0.01 * random.normal());
  const cold = drawCold(spec, random);
  const gauges = drawGauges(arm, spec, random);
  const coldBuckets = coldShares(bounds);

  return (m: number, requests: number, now: Shared & { readonly blipArm: Arm | 'both' }): Minute => {
    const faulty = canary && m >= spec.onset;
    const coldRate = Math.min(
      0.9,
      steadyCold(requests / 60) + (canary ? cold.share * Math.exp(-m / cold.decay) : 0),
    );
    const loading = random.binomial(requests, coldRate);
    const warm = requests - loading;

    const blip = now.blip > 0 && (now.blipArm === 'both' || now.blipArm === arm) ? now.blip : 0;
    const noise = Math.exp(0.1 * random.normal());
    const healthyRate = Math.min(0.9, spec.p0 * now.errors * noise);
    const rate = Math.min(0.95, healthyRate * (faulty ? spec.errors : 1) + blip);
    const clusters = random.poisson((warm * rate) / clump);
    const errors = Math.min(warm, clusters + geometricExtra(random, clusters, clump));
    const loadingErrors = random.binomial(loading, canary ? cold.failing : 0);

    const change = {
      factor: bias * now.latency,
      mix: Math.exp(0.1 * random.normal()),
      cold: env === 'flex' ? coldRate : 0,
    };
    const faultyChange = {
      ...change,
      factor: change.factor * spec.latency,
      ...(spec.tail > 1 && { thrown: { share: 0.018, ms: spec.tail * app.p99 } }),
    };
    const healthyShares = bucketShares(bounds, mixture, change);
    const faultyShares = bucketShares(bounds, mixture, faultyChange);
    const latency = draw(random, env === 'flex' ? requests : warm, faulty ? faultyShares : healthyShares);
    const latencyLoading = env === 'flex' ? [] : draw(random, loading, coldBuckets);

    const healthyLogs = requests * app.logRate;
    const faultyLogs = healthyLogs * (faulty ? spec.logs : 1);
    const otherLogs = random.poisson(faultyLogs);
    const healthyOrders = requests * app.orderRate;
    const faultyOrders = healthyOrders * (faulty ? spec.orders : 1);
    const orders = random.poisson(faultyOrders);
    const gauge = gauges(m, now.cpu);
    return {
      m,
      arm,
      requests,
      loading: env === 'flex' ? 0 : loading,
      clientErrors: random.binomial(warm - errors, 0.02),
      errors: errors + loadingErrors,
      loadingErrors: env === 'flex' ? 0 : loadingErrors,
      latency,
      latencyLoading,
      errorLogs: random.binomial(errors + loadingErrors, 0.95) + otherLogs,
      orders,
      cpu: gauge.cpu,
      memory: gauge.memory,
      truth: {
        clusters,
        healthyClusters: (warm * (healthyRate + blip)) / clump,
        faultyClusters: (warm * Math.min(0.95, healthyRate * spec.errors + blip)) / clump,
        healthyShares,
        faultyShares,
        logs: [otherLogs, healthyLogs, healthyLogs * spec.logs],
        orders: [orders, healthyOrders, healthyOrders * spec.orders],
        gauge: gauge.truth,
      },
    };
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
