/** One minute of a gauge, relative to what it is compared with. */
export interface GaugeMinute {
  readonly m: number;
  readonly value: number;
}

/** What a healthy gauge does: level + start × e^{-m/decay}, with noise that remembers its last minute. */
export interface Course {
  readonly level: { readonly mean: number; readonly spread: number };
  readonly start: { readonly mean: number; readonly spread: number; readonly decay: number };
  /** Of the noise around the course, and how much of it is left after a minute. */
  readonly spread: number;
  readonly autocorrelation: number;
}

/** Log marginal likelihoods of a course, level and start averaged out (both Gaussian); a constant of the rows is left out. */
export interface CourseFit {
  readonly healthy: number;
  /** With `size` times the shape on top, from an onset on. */
  faulty(shape: Float64Array, sizes: readonly number[]): number[];
}

/**
 * Whitened by the autoregression, the rows are a linear model with two unknowns. A fault enters the residual linearly,
 * so its likelihood is a parabola in its size: worked out once for each shape.
 */
export function fitCourse(
  rows: readonly GaugeMinute[],
  { level, start, spread, autocorrelation }: Course,
): CourseFit {
  const n = rows.length;
  const w = new Float64Array(n);
  const r = new Float64Array(n);
  const x1 = new Float64Array(n);
  const x2 = new Float64Array(n);
  const p1 = 1 / level.spread ** 2;
  const p2 = 1 / start.spread ** 2;
  let a11 = p1;
  let a12 = 0;
  let a22 = p2;
  let logs = Math.log(p1) + Math.log(p2);
  let before = { m: 0, decayed: 0 };
  for (const [i, row] of rows.entries()) {
    const kept = i === 0 ? 0 : autocorrelation ** (row.m - before.m);
    const decayed = Math.exp(-row.m / start.decay);
    const weight = 1 / (spread ** 2 * (1 - kept * kept));
    const u1 = 1 - kept;
    const u2 = decayed - kept * before.decayed;
    a11 += weight * u1 * u1;
    a12 += weight * u1 * u2;
    a22 += weight * u2 * u2;
    logs += Math.log(weight);
    [r[i], w[i], x1[i], x2[i]] = [kept, weight, u1, u2];
    before = { m: row.m, decayed };
  }
  const determinant = a11 * a22 - a12 * a12;
  const whiten = (values: Float64Array): Whitened => {
    const y = new Float64Array(n);
    let b1 = 0;
    let b2 = 0;
    for (let i = 0; i < n; i++) {
      const at = (values[i] ?? 0) - (i > 0 ? (r[i] ?? 0) * (values[i - 1] ?? 0) : 0);
      const weighted = (w[i] ?? 0) * at;
      y[i] = at;
      b1 += weighted * (x1[i] ?? 0);
      b2 += weighted * (x2[i] ?? 0);
    }
    return { y, b1, b2 };
  };
  /** What is left of the product of two whitened series once level and start are fitted. */
  const left = (u: Whitened, v: Whitened, prior: number) => {
    let c = prior;
    for (let i = 0; i < n; i++) c += (w[i] ?? 0) * (u.y[i] ?? 0) * (v.y[i] ?? 0);
    return c - (a22 * u.b1 * v.b1 - a12 * (u.b1 * v.b2 + u.b2 * v.b1) + a11 * u.b2 * v.b2) / determinant;
  };
  const found = whiten(Float64Array.from(rows, (row) => row.value));
  const seen = { y: found.y, b1: found.b1 + p1 * level.mean, b2: found.b2 + p2 * start.mean };
  const whole = left(seen, seen, p1 * level.mean ** 2 + p2 * start.mean ** 2);
  const constant = 0.5 * (logs - Math.log(determinant));
  return {
    healthy: constant - 0.5 * whole,
    faulty(shape, sizes) {
      const fault = whiten(shape);
      const cross = left(seen, fault, 0);
      const square = left(fault, fault, 0);
      return sizes.map((k) => constant - 0.5 * (whole - 2 * k * cross + k * k * square));
    },
  };
}

interface Whitened {
  readonly y: Float64Array;
  readonly b1: number;
  readonly b2: number;
}
