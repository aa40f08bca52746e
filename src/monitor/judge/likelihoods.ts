/** Requests, and the bad ones among them. */
export interface Count {
  readonly n: number;
  readonly x: number;
}

/** Canary and baseline in one minute: bad ones, requests. */
export interface Found {
  readonly xc: number;
  readonly nc: number;
  readonly xb: number;
  readonly nb: number;
}

/**
 * Log likelihoods of ratios ρ between the rates, the control's averaged out over a gamma distribution (shape a, mean
 * a/b). With X = x_c + x_b they are ρ^{x_c} / (b + n_b + ρ n_c)^{a+X}, constants of the counts left out: with a → 0 the
 * conditional test of the canary's share of all bad ones, with a → ∞ the test against a known rate.
 */
export function likelihoods(
  ratios: readonly number[],
  shape: number,
  mean: number,
  { xc, nc, xb, nb }: Found,
): number[] {
  const b = shape / mean;
  const x = shape + xc + xb;
  const constant = logGamma(x) - logGamma(shape) + shape * Math.log(b);
  return ratios.map((ratio) => constant + xc * Math.log(ratio) - x * Math.log(b + nb + ratio * nc));
}

/** Stirling's series, shifted up to where it is exact to 1e-10. */
export function logGamma(x: number): number {
  let shift = 1;
  let z = x;
  for (; z < 7; z++) shift *= z;
  const i = 1 / (z * z);
  return (
    (z - 0.5) * Math.log(z) -
    z +
    0.9189385332046727 +
    (1 / 12 - i * (1 / 360 - i / 1260)) / z -
    Math.log(shift)
  );
}
