import { DAY, HOUR, MINUTE, sayDuration } from '../../plan/duration.ts';
import type { Limits } from '../../plan/terms.ts';

/** A span of time, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Which part of a reading is left once its name is known. */
export interface Finding {
  readonly answer: 'good' | 'off' | 'unknown';
  readonly detail: string;
}

export function unknown(detail: string): Finding {
  return { answer: 'unknown', detail };
}

export function within({ atLeast, atMost }: Limits, value: number): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

/** "asked for 3 to 7". */
export function sayAsked({ atLeast, atMost }: Limits, say: (value: number) => string = sayNumber): string {
  if (atLeast === undefined) return `asked for at most ${say(atMost ?? 0)}`;
  if (atMost === undefined) return `asked for at least ${say(atLeast)}`;
  return `asked for ${atLeast === atMost ? say(atLeast) : `${say(atLeast)} to ${say(atMost)}`}`;
}

/** Three digits, or more where fewer would put the figure on the other side of a limit. */
export function sayMeasured(
  limits: Limits,
  value: number,
  say: (value: number) => string = sayNumber,
): string {
  const whole = Math.trunc(Math.abs(value)).toString().length;
  for (let digits = Math.max(3, whole); digits <= 15; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (within(limits, rounded) === within(limits, value)) return say(rounded);
  }
  return say(value);
}

export function sayNumber(value: number): string {
  return Number(value.toPrecision(15)).toLocaleString('en', { maximumFractionDigits: 12 });
}

/** Milliseconds as what a count is told for: " a day", " in 2 hours"; nothing when it is told as it is. */
export function sayPer(per: number | undefined): string {
  if (per === undefined) return '';
  const named: Readonly<Record<number, string>> = {
    [MINUTE]: 'minute',
    [HOUR]: 'hour',
    [DAY]: 'day',
    [7 * DAY]: 'week',
  };
  const name = named[per];
  if (name === undefined) return ` in ${sayDuration(per)}`;
  return name === 'hour' ? ' an hour' : ` a ${name}`;
}

export function saySpan({ from, to }: Span): string {
  return sayDuration(to - from);
}

/** Milliseconds; the length that a count is told for, over the length that it was counted in. */
export function scaleOf(per: number | undefined, { from, to }: Span): number {
  return per === undefined ? 1 : per / (to - from);
}

/** "4.7 a day, asked for 3 to 7 (33 in 7 days)". */
export function weighCount(count: number, limits: Limits, per: number | undefined, span: Span): Finding {
  const value = count * scaleOf(per, span);
  const answer = within(limits, value) ? 'good' : 'off';
  const counted = `${sayMeasured({}, count)} in ${saySpan(span)}`;
  if (per === undefined) return { answer, detail: `${counted}, ${sayAsked(limits)}` };
  const rate = `${sayMeasured(limits, value)}${sayPer(per)}`;
  return { answer, detail: `${rate}, ${sayAsked(limits)} (${counted})` };
}
