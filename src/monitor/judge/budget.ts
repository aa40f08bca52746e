import { ENOUGH } from './constants.ts';

/** What share of healthy windows may be called bad, and the evidence that keeps to it. */
interface Calibrated {
  readonly falseAlarm: number;
  /** Nats. */
  readonly enough: number;
}

/**
 * Measured on 3,992 simulated healthy windows of all kinds that no constant was tried on: how many ever come so far
 * (of the last row, four). No live service stands behind it; `sluice judge calibrate` tells what the service's own past
 * says.
 */
const TABLE: readonly [Calibrated, ...Calibrated[]] = [
  { falseAlarm: 0.05, enough: -0.4 },
  { falseAlarm: 0.02, enough: 0.6 },
  { falseAlarm: 0.01, enough: 1.4 },
  { falseAlarm: 0.008, enough: ENOUGH },
  { falseAlarm: 0.005, enough: 2.5 },
  { falseAlarm: 0.0035, enough: 3.2 },
  { falseAlarm: 0.001, enough: 5.8 },
];

/** Share of healthy windows that the judge calls bad unless it is told otherwise. */
export const FALSE_ALARM = 0.008;

/**
 * The evidence, in nats, at which a window is called bad so that no more than this part of healthy windows is.
 * Between the measured rates it is interpolated on the logarithm of the rate; beyond them their slope goes on.
 * @param falseAlarm above 0 and below 1, for instance 0.01. @throws RangeError for anything else
 */
export function enoughFor(falseAlarm: number): number {
  if (!(falseAlarm > 0 && falseAlarm < 1))
    throw new RangeError(
      `Expected a share of false alarms above 0 and below 1, such as 0.01, but got ${falseAlarm}.`,
    );
  const after = TABLE.findIndex((row) => row.falseAlarm <= falseAlarm);
  const next = Math.min(TABLE.length - 1, Math.max(1, after < 0 ? TABLE.length : after));
  const [high, low] = [TABLE[next - 1] ?? TABLE[0], TABLE[next] ?? TABLE[0]];
  const part = Math.log(high.falseAlarm / falseAlarm) / Math.log(high.falseAlarm / low.falseAlarm);
  return high.enough + part * (low.enough - high.enough);
}

/**
 * How many healthy windows ever come so far: the inverse of {@link enoughFor}, and only where something was measured.
 * @returns `most` where they are fewer than `share`: beyond the last row nobody has counted.
 */
export function falseAlarmOf(evidence: number): { readonly share: number; readonly most: boolean } {
  const after = TABLE.findIndex((row) => row.enough >= evidence);
  const [low, high] = [TABLE[after - 1], TABLE[after]];
  if (!high) return { share: TABLE.at(-1)?.falseAlarm ?? 1, most: true };
  if (!low) return { share: high.falseAlarm, most: false };
  const part = (evidence - low.enough) / (high.enough - low.enough);
  return { share: low.falseAlarm * (high.falseAlarm / low.falseAlarm) ** part, most: false };
}
