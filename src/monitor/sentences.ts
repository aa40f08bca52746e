import type { Figures } from '../plan/verdict.ts';

export const NO_FIGURES = 'Cloud Monitoring has no figures of these minutes yet.';
export const NO_COMPARISON = 'There is no older version to compare with, so only plain failure can be told.';
export const NO_BASELINE =
  'The old version answered nothing in these minutes, so there is nothing to compare with.';

/** "Errors 0.12 % against 0.1 % (0.5 to 2.1 times, 1,240 requests)." */
export function errors(
  canary: Figures,
  baseline: Figures,
  ratio: { low: number; high: number } | undefined,
): string {
  const times = ratio ? `${factor(ratio.low)} to ${factor(ratio.high)} times, ` : '';
  return `Errors ${rate(canary)} against ${rate(baseline)} (${times}${count(canary.requests)} requests).`;
}

export function errorsAlone(canary: Figures): string {
  return `Errors ${rate(canary)} (${count(canary.errors)} of ${count(canary.requests)} requests).`;
}

/** "p95 184 ms against 181 ms, p50 21 ms against 20 ms." */
export function latency(canary: Figures, baseline: Figures): string {
  const part = (name: 'p95' | 'p50') => `${name} ${ms(canary[name])} against ${ms(baseline[name])}`;
  return `${part('p95')}, ${part('p50')}.`;
}

export function tooLittle(which: 'new' | 'old', requests: number, needed: number): string {
  return `The ${which} version answered ${count(requests)} requests; ${needed} are needed to tell.`;
}

/** What the judge's strongest finding is, when neither errors nor latency say it. */
export function finding(channel: string, times: number | undefined): string {
  const much = times === undefined ? '' : `: ${factor(times)} times the old version’s`;
  return `${channel.slice(0, 1).toUpperCase()}${channel.slice(1)}${much}.`;
}

export function doubtful(channel: string): string {
  return `Something may be wrong with ${channel}; there is too little to tell it from chance.`;
}

export function unreached(others: number, expected: number): string {
  return `No traffic reaches the new version: the old one answered ${count(others)} requests, so about ${count(Math.round(expected))} were to be expected. With a cookie split the app itself must set GOOGAPPUID.`;
}

export function unknowable(detectable: number | undefined): string[] {
  if (detectable === undefined) return ['Not knowable in this window: any change of the error rate.'];
  return detectable > 1.6
    ? [`Not knowable in this window: error changes under ${factor(detectable)} times.`]
    : [];
}

export function compared(sideBySide: boolean): string[] {
  return sideBySide ? [] : ['Compared with the old version’s minutes before, because it serves nobody now.'];
}

function rate({ requests, errors: failed }: Figures): string {
  if (requests === 0) return 'nothing';
  const percent = (failed / requests) * 100;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

function ms(value: number | undefined): string {
  return value === undefined
    ? 'nothing'
    : `${value >= 10 ? count(Math.round(value)) : Number(value.toPrecision(2))} ms`;
}

function factor(value: number): string {
  if (value >= 1000) return 'over 1,000';
  return String(value >= 10 ? Math.round(value) : Number(value.toPrecision(2)));
}

function count(value: number): string {
  return value.toLocaleString('en');
}
