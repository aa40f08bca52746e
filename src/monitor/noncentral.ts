/**
 * Fisher's noncentral hypergeometric distribution: of `total` bad ones among `canary` + `baseline` requests, how many
 * are the canary's, when the odds of being bad are `odds` times as high there.
 */
export interface Table {
  readonly canary: number;
  readonly baseline: number;
  readonly total: number;
}

/** Terms this far under the greatest change no digit that counts. */
const NEGLIGIBLE = 1e-16;

/** Log of the probability of exactly `x`. */
export function logProbability(table: Table, x: number, odds: number): number {
  const { low, high } = range(table);
  if (low === high) return 0;
  const start = Math.round(mean(table, odds));
  // Terms relative to the one at `start`, by their ratios: no factorial is ever computed.
  let sum = 1;
  for (let term = 1, i = start; i < high && term > NEGLIGIBLE; i++) {
    term *= step(table, i, odds);
    sum += term;
  }
  for (let term = 1, i = start; i > low && term > NEGLIGIBLE; i--) {
    term /= step(table, i - 1, odds);
    sum += term;
  }
  let log = 0;
  for (let i = start; i < x; i++) log += Math.log(step(table, i, odds));
  for (let i = start; i > x; i--) log -= Math.log(step(table, i - 1, odds));
  return log - Math.log(sum);
}

/** P(i + 1) / P(i). */
function step({ canary, baseline, total }: Table, i: number, odds: number): number {
  return (odds * (canary - i) * (total - i)) / ((i + 1) * (baseline - total + i + 1));
}

function range({ canary, baseline, total }: Table) {
  return { low: Math.max(0, total - baseline), high: Math.min(canary, total) };
}

/** Solves x (baseline - total + x) = odds (canary - x)(total - x), the usual approximation of the mean. */
export function mean(table: Table, odds: number): number {
  const { canary, baseline, total } = table;
  const { low, high } = range(table);
  const a = 1 - odds;
  const b = baseline - total + odds * (canary + total);
  const c = -odds * canary * total;
  const root = Math.abs(a) < 1e-12 ? -c / b : (-2 * c) / (b + Math.sqrt(Math.max(0, b * b - 4 * a * c)));
  return Math.min(high, Math.max(low, root));
}

export function variance(table: Table, odds: number): number {
  const { canary, baseline, total } = table;
  const x = mean(table, odds);
  const cells = [x, canary - x, total - x, baseline - total + x];
  if (cells.some((cell) => cell <= 0)) return 0;
  return 1 / cells.reduce((sum, cell) => sum + 1 / cell, 0);
}
