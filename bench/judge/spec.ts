import type { Random } from './random.ts';

export const HEALTHY = [
  'aa',
  'aa_cold',
  'aa_clump',
  'aa_benign',
  'aa_share',
  'aa_gaps',
  'canary_better',
  'incident',
  'blip',
  'blip_shared',
] as const;
export const BAD = ['err', 'lat', 'tail', 'leak', 'cpu', 'onset', 'errlog', 'orders'] as const;
export type Kind = (typeof HEALTHY)[number] | (typeof BAD)[number] | 'zero';

/** What one window is about; everything else about it is drawn by the generator. */
export interface Spec {
  readonly kind: Kind;
  readonly label: 'healthy' | 'bad' | 'nodata';
  /** Requests a second of both versions together. */
  readonly rps: number;
  readonly share: number;
  /** Error rate of the old version. */
  readonly p0: number;
  /** Factors on the canary's errors, latency and CPU. */
  readonly errors: number;
  readonly latency: number;
  readonly cpu: number;
  /** Factor between the old 99th percentile and the new one. */
  readonly tail: number;
  /** Part of the plateau by which memory grows in a minute. */
  readonly leak: number;
  /** Error log lines beside those of failed requests: factor. */
  readonly logs: number;
  /** Part of the signals that is left. */
  readonly orders: number;
  /** Minute at which the fault sets in. */
  readonly onset: number;
}

const NOTHING = { errors: 1, latency: 1, cpu: 1, tail: 1, leak: 0, logs: 1, orders: 1, onset: 0 };

/** Half healthy, 46 % bad, 4 % without any traffic on the canary. */
export function drawSpec(random: Random): Spec {
  const dice = random.uniform();
  const kind: Kind =
    dice < 0.5
      ? random.pick(['aa', ...HEALTHY])
      : dice < 0.96
        ? random.pick(['err', 'err', 'err', 'lat', 'lat', 'tail', 'leak', 'cpu', 'onset', 'errlog', 'orders'])
        : 'zero';
  return { ...specOf(kind, random) };
}

export function specOf(kind: Kind, random: Random): Spec {
  const healthy = HEALTHY.some((k) => k === kind);
  // Without a control a shared incident has no right answer; neither has a share that nobody measures.
  const concurrent = ['incident', 'blip_shared', 'aa_share', 'zero', 'aa_gaps'].includes(kind);
  const common = {
    kind,
    label: healthy ? ('healthy' as const) : kind === 'zero' ? ('nodata' as const) : ('bad' as const),
    rps: random.logBetween(0.2, 200),
    share: concurrent ? random.pick([0.05, 0.1, 0.2, 0.5]) : random.pick([0.05, 0.1, 0.1, 0.2, 0.5, 0.5, 1]),
    p0: random.logBetween(0.0001, 0.01),
    ...NOTHING,
  };
  switch (kind) {
    case 'err':
      return { ...common, errors: random.logBetween(2, 20) };
    case 'lat':
      return { ...common, latency: random.logBetween(1.12, 2.2) };
    case 'tail':
      return { ...common, tail: random.between(2.2, 4) };
    case 'leak':
      return { ...common, leak: random.logBetween(0.01, 0.05) };
    case 'cpu':
      return { ...common, cpu: random.between(1.5, 1.9) };
    case 'errlog':
      return { ...common, logs: random.logBetween(8, 60) };
    case 'orders':
      return { ...common, orders: random.between(0, 0.5) };
    case 'onset': {
      const late = { ...common, onset: Math.floor(random.between(8, 20)) };
      return random.uniform() < 0.5
        ? { ...late, errors: random.logBetween(4, 20) }
        : { ...late, latency: random.logBetween(1.3, 2.2) };
    }
    case 'aa_benign':
      return { ...common, errors: random.between(1.05, 1.15), latency: random.between(1.015, 1.03) };
    case 'canary_better':
      return { ...common, errors: random.between(0.2, 0.7), latency: random.between(0.7, 0.95) };
    default:
      return common;
  }
}
