import type { Kind, Spec } from './spec.ts';
import { MINUTES } from './world.ts';

/** How one window ended. */
export interface Outcome {
  readonly spec: Spec;
  /** First minute at which the canary could have been called bad; absent for what nobody could have told. */
  readonly limitAt: number | undefined;
  /** First minute of "rollback". */
  readonly rolledBackAt: number | undefined;
  readonly last: 'continue' | 'hold' | 'promote' | 'rollback';
}

export interface Score {
  readonly windows: number;
  readonly healthy: number;
  readonly falseRollback: number;
  readonly worstKind: { readonly kind: Kind; readonly rate: number } | undefined;
  readonly healthyPromoted: number;
  readonly detectable: number;
  readonly detected: number;
  readonly wrongPromote: number;
  readonly ratioMedian: number;
  readonly ratio90: number;
  readonly regret: number;
  readonly zeroHeld: number;
  readonly byKind: readonly KindScore[];
}

export interface KindScore {
  readonly kind: Kind;
  readonly windows: number;
  readonly detectable: number;
  readonly rolledBack: number;
  readonly promoted: number;
  readonly regret: number;
}

/** Rates are parts of 1, NaN where there was nothing to count; regret is in minutes, an undetected fault counts to the end. */
export function score(outcomes: readonly Outcome[]): Score {
  const healthy = outcomes.filter((o) => o.spec.label === 'healthy');
  const detectable = outcomes.filter((o) => o.limitAt !== undefined);
  const zero = outcomes.filter((o) => o.spec.kind === 'zero');
  const ratios = detectable
    .filter(inTime)
    .map((o) => ((o.rolledBackAt ?? 0) - o.spec.onset) / ((o.limitAt ?? 0) - o.spec.onset))
    .toSorted((a, b) => a - b);
  const byKind = kindsOf(outcomes);
  const healthyKinds = byKind
    .filter((k) => healthy.some((o) => o.spec.kind === k.kind))
    .map(({ kind, rolledBack, windows }) => ({ kind, rate: rolledBack / windows }));
  return {
    windows: outcomes.length,
    healthy: healthy.length,
    falseRollback: part(healthy, (o) => o.rolledBackAt !== undefined),
    worstKind: healthyKinds.toSorted((a, b) => b.rate - a.rate)[0],
    healthyPromoted: part(healthy, (o) => o.last === 'promote'),
    detectable: detectable.length,
    detected: part(detectable, inTime),
    wrongPromote: part(detectable, (o) => o.last === 'promote'),
    ratioMedian: ratios[ratios.length >> 1] ?? Number.NaN,
    ratio90: ratios[Math.floor(ratios.length * 0.9)] ?? Number.NaN,
    regret: mean(detectable.map(regretOf)),
    zeroHeld: part(zero, (o) => o.last === 'hold'),
    byKind,
  };
}

/** An alarm before the fault is none. */
function inTime({ rolledBackAt, spec }: Outcome): boolean {
  return rolledBackAt !== undefined && rolledBackAt > spec.onset;
}

function regretOf(o: Outcome): number {
  return (inTime(o) ? (o.rolledBackAt ?? 0) : MINUTES + 1) - (o.limitAt ?? 0);
}

function kindsOf(outcomes: readonly Outcome[]): KindScore[] {
  const kinds = [...new Set(outcomes.map((o) => o.spec.kind))];
  return kinds.toSorted().map((kind) => {
    const own = outcomes.filter((o) => o.spec.kind === kind);
    const counted = own[0]?.spec.label === 'bad' ? own.filter((o) => o.limitAt !== undefined) : own;
    return {
      kind,
      windows: own.length,
      detectable: own.filter((o) => o.limitAt !== undefined).length,
      rolledBack: counted.filter(inTime).length,
      promoted: counted.filter((o) => o.last === 'promote').length,
      regret: mean(own.filter((o) => o.limitAt !== undefined).map(regretOf)),
    };
  });
}

function part(outcomes: readonly Outcome[], holds: (o: Outcome) => boolean): number {
  return outcomes.filter(holds).length / outcomes.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
