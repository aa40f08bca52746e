import { autoregression, type Random } from './random.ts';
import type { Spec } from './spec.ts';

type Arm = 'canary' | 'baseline';

/** A quiet version loses its instances between two requests. */
export function steadyCold(perSecond: number): number {
  return Math.min(0.04, 0.0003 + 0.0036 / (perSecond + 0.05));
}

export function drawCold(spec: Spec, random: Random) {
  return spec.kind === 'aa_cold'
    ? {
        share: random.between(0.3, 0.6),
        decay: random.between(1.2, 2),
        failing: random.uniform() < 0.5 ? random.between(0.01, 0.04) : 0,
      }
    : { share: random.between(0.05, 0.3), decay: random.between(0.5, 1.2), failing: 0 };
}

export function drawGauges(arm: Arm, spec: Spec, random: Random) {
  const canary = arm === 'canary';
  const cpuSd = random.between(0.04, 0.08);
  const cpuNoise = autoregression(random, 0.7, cpuSd);
  const memorySd = random.between(0.008, 0.016);
  const memoryNoise = autoregression(random, 0.9, memorySd);
  // Relative to the old version's level; both arms share the base of 1.
  const cpuBias = canary ? 0.03 * random.normal() : 0;
  const memoryBias = canary ? 0.015 * random.normal() : 0;
  const start = random.between(0.45, 0.7);
  const settling = random.between(3, 8);
  return (m: number, sharedCpu: number) => {
    const faulty = canary && m >= spec.onset;
    const cpuDeviation = cpuNoise();
    const memoryDeviation = memoryNoise();
    const warmCpu = canary ? Math.log(1 + 0.5 * Math.exp(-m / 1.7)) : 0;
    const course = canary ? 1 - (1 - start) * Math.exp(-m / settling) : 1;
    const leaked = course + spec.leak * Math.max(0, m - spec.onset);
    return {
      cpu: 0.3 * Math.exp(sharedCpu + cpuBias + cpuDeviation + warmCpu) * (faulty ? spec.cpu : 1),
      memory: 256 * Math.exp(memoryBias + memoryDeviation) * (faulty ? leaked : course),
      truth:
        spec.leak > 0
          ? { deviation: memoryDeviation, fault: Math.log(leaked / course), sd: memorySd, r: 0.9 }
          : { deviation: cpuDeviation, fault: Math.log(spec.cpu), sd: cpuSd, r: 0.7 },
    };
  };
}

/** Retries: each cluster has a geometric number of errors, `mean` on average. */
export function geometricExtra(random: Random, clusters: number, mean: number): number {
  const q = 1 - 1 / mean;
  if (q <= 0 || clusters === 0) return 0;
  if (clusters > 200)
    return Math.round(clusters * (mean - 1) + Math.sqrt(clusters * mean * (mean - 1)) * random.normal());
  let extra = 0;
  for (let i = 0; i < clusters; i++) while (random.uniform() < q) extra++;
  return extra;
}
