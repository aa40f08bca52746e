import { sayDuration } from '../plan/duration.ts';
import type { Figures } from '../plan/verdict.ts';
import type { Interval, Totals } from './errors.ts';

export const NO_FIGURES = 'Cloud Monitoring has no figures of these minutes yet.';
export const NO_COMPARISON = 'There is no older version to compare with, so only plain failure can be told.';
export const NO_BASELINE =
  'The old version answered nothing in these minutes, so there is nothing to compare with.';
export const BEFORE_AND_AFTER =
  'Compared with the old version’s minutes before, because it serves nobody now.';

/** "Errors 0.12 % against 0.1 % (0.5 to 2.1 times, 1,240 requests)." */
export function errors(canary: Figures, baseline: Figures, ratio: Interval | undefined): string {
  if (canary.errors + baseline.errors === 0)
    return `No errors in ${requests(canary.requests)}, and none in the old version’s ${count(baseline.requests)}.`;
  return `Errors ${rate(canary)} against ${rate(baseline)} (${ratio ? `${times(ratio)}, ` : ''}${requests(canary.requests)}).`;
}

export function errorsAlone(canary: Figures): string {
  return `Errors ${rate(canary)} (${count(canary.errors)} of ${requests(canary.requests)}).`;
}

/** "p95 184 ms against 181 ms (0.9 to 1.1 times), p50 21 ms against 20 ms." The interval is of the one named first. */
export function latency(
  canary: Figures,
  baseline: Figures,
  ratio: Interval | undefined,
  first: 'p95' | 'p50' = 'p95',
): string {
  const part = (name: 'p95' | 'p50') => `${name} ${ms(canary[name])} against ${ms(baseline[name])}`;
  const interval = ratio ? ` (${times(ratio)})` : '';
  return `${part(first)}${interval}, ${part(first === 'p95' ? 'p50' : 'p95')}.`;
}

/** "Slow answers: 3.1 % take over 450 ms, against 0.9 % (2.4 to 4.6 times)." */
export function slowAnswers(
  border: number,
  { canary, baseline }: Totals,
  ratio: Interval | undefined,
): string {
  const interval = ratio ? ` (${times(ratio)})` : '';
  return `Slow answers: ${share(canary.x / canary.n)} take over ${ms(border)}, against ${share(baseline.x / baseline.n)}${interval}.`;
}

/** "Error log: 4.1 lines in 100 requests against 0.2 (9 to 40 times), beside those of failed requests." */
export function errorLogs({ canary, baseline }: Totals, ratio: Interval | undefined): string {
  const lines = ({ n, x }: { n: number; x: number }) =>
    count(Number(((100 * x) / Math.max(1, n)).toPrecision(2)));
  const interval = ratio ? ` (${times(ratio)})` : '';
  return `Error log: ${lines(canary)} lines in 100 requests against ${lines(baseline)}${interval}, beside those of failed requests.`;
}

/**
 * "Memory 412 MB against 330 MB on average (1.2 to 1.3 times)." Where there is no interval, the judge's own estimate.
 * @param effect at the end of the window, for what grows.
 */
export function level(
  name: string,
  average: { readonly canary: string; readonly baseline: string } | undefined,
  ratio: Interval | undefined,
  effect: number | undefined,
): string {
  const pair = average ? ` ${average.canary} against ${average.baseline} on average` : '';
  const estimate = effect === undefined ? 'another than' : `about ${factor(effect)} times`;
  if (ratio) return `${capital(name)}${pair} (${times(ratio)}${rises(ratio, effect)}).`;
  return pair
    ? `${capital(name)}${pair} (${estimate} the old version’s).`
    : `${capital(name)}: ${estimate} the old version’s.`;
}

/** Where the judge sees it end beyond what it was on average. */
function rises({ high }: Interval, effect: number | undefined): string {
  return effect !== undefined && effect > high * 1.05 ? `, rising to ${factor(effect)} times` : '';
}

export function megabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return `${count(mb >= 10 ? Math.round(mb) : Number(mb.toPrecision(2)))} MB`;
}

/** "No worse either: memory, CPU." */
export function others(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`No worse either: ${names.join(', ')}.`];
}

/** How often chance makes a healthy version look so: "Chance makes about 1 of 140 healthy windows look this bad." */
export function sure({ share: part, most }: { share: number; most: boolean }): string {
  return `Chance makes ${most ? 'fewer than' : 'about'} ${oneIn(part)} healthy windows look this bad.`;
}

/** @param part of healthy windows that look so, by chance. */
export function doubtful(names: readonly string[], part: number): string {
  return `Something may be wrong with ${names.join(' and ')}, but about ${oneIn(part)} healthy windows looks like this by chance.`;
}

/** "The new version answered 7 requests; 5 more are needed to tell anything." */
export function tooLittle(which: 'new' | 'old', had: number, needed: number): string {
  return `The ${which} version answered ${requests(had)}; ${count(needed - had)} more are needed to tell anything.`;
}

export function unreached(otherRequests: number, expected: number): string {
  return `No traffic reaches the new version: the old one answered ${count(otherRequests)} requests, so about ${count(Math.round(expected))} were to be expected. With a cookie split the app itself must set GOOGAPPUID.`;
}

/**
 * "Not knowable yet: error rates under 0.4 % (4 times the old rate); twice the old rate would show after about 4 hours
 * more at this traffic."
 * @param detectable the rate that would have been found, and how many times the old one's it is, where that is known.
 * @param sooner a smaller one, and the minutes that it takes.
 */
export function unknowable(
  detectable: { readonly rate: number; readonly times: number | undefined } | undefined,
  sooner: { readonly what: string; readonly minutes: number } | undefined,
): string {
  const hidden = detectable
    ? `error rates under ${share(detectable.rate)}${detectable.times === undefined ? '' : ` (${factor(detectable.times)} times the old rate)`}`
    : 'any change of the error rate';
  const rest = sooner
    ? `; ${sooner.what} would show after about ${span(sooner.minutes)} more at this traffic`
    : '';
  return `Not knowable yet: ${hidden}${rest}.`;
}

/** "To see 1 failing request in 20 it takes about 370 more requests, 2 days at this traffic." */
export function missing(what: string, more: number, minutes: number): string {
  return `To see ${what} it takes about ${count(roughly(more))} more requests, ${span(minutes)} at this traffic.`;
}

/** "0.4 %" */
export function share(part: number): string {
  const percent = part * 100;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Two digits at most: more would promise what nobody knows. */
function roughly(value: number): number {
  return Math.max(1, Math.round(Number(value.toPrecision(value < 100 ? 1 : 2))));
}

/** Minutes as a person says them, roughly: "40 minutes", "4 hours", "3 days". */
function span(minutes: number): string {
  const unit = minutes < 90 ? 1 : minutes < 36 * 60 ? 60 : 24 * 60;
  return sayDuration(roughly(minutes / unit) * unit * 60_000);
}

function oneIn(part: number): string {
  const n = 1 / part;
  return `1 of ${count(n < 20 ? Math.round(n) : roughly(n))}`;
}

function times({ low, high }: Interval): string {
  const [from, to] = [factor(low), factor(high)];
  if (from !== to) return `${from} to ${to} times`;
  return from === '1' ? 'the same' : `${from} times`;
}

function rate({ requests: all, errors: failed }: Figures): string {
  return all === 0 ? 'nothing' : share(failed / all);
}

function ms(value: number | undefined): string {
  return value === undefined
    ? 'nothing'
    : `${value >= 10 ? count(Math.round(value)) : Number(value.toPrecision(2))} ms`;
}

function factor(value: number): string {
  if (value >= 1000) return 'over 1,000';
  if (value < 0.1) return '0';
  return String(value >= 10 ? Math.round(value) : Number(value.toPrecision(2)));
}

function requests(n: number): string {
  return `${count(n)} ${n === 1 ? 'request' : 'requests'}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
