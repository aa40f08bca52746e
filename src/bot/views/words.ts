import { HOUR, sayDuration } from '../../plan/duration.ts';
import { describeSplit, type Split } from '../../plan/split.ts';
import type { Figures, Verdict } from '../../plan/verdict.ts';
import type { Rollout } from '../../rollout/state.ts';
import { type Html, html } from '../html.ts';

/** "10 %" for 100 thousandths. */
export function percent(thousandths: number): string {
  return `${thousandths / 10} %`;
}

/** The new version's share of the traffic, "0 %" before the first step. */
export function shareNow(rollout: Rollout): string {
  return percent(rollout.live?.shares[rollout.version] ?? 0);
}

/** "14:05 UTC": the group may sit in several zones, so the zone is always said. */
export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

/** "v1", or "v1 60 %, v3 40 %" when several versions serve. */
export function versionsOf(split: Split): string {
  const ids = Object.keys(split.shares);
  return ids.length === 1 ? (ids[0] ?? '') : describeSplit(split);
}

/** "22 Nov". */
export function dayOf(at: number): string {
  return DAY_FORMAT.format(at);
}

// Made once: making one takes a hundred times as long as using it.
const NUMBER_FORMAT = new Intl.NumberFormat('en');
const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** "at 18:40 UTC, in 2 hours", or "on 27 Nov, in 5 days" where the time of day alone would mislead. */
export function deadline(at: number, from: number): string {
  const left = at - from;
  return `${left < 20 * HOUR ? `at ${clockTime(at)}` : `on ${dayOf(at)}`}, in ${sayDuration(left)}`;
}

/** The last line of what a command said that has something on it. */
export function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

/** The first of many lines, and how many more there are. */
export function listShort(lines: readonly Html[], most = 6): Html[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), html`… and ${lines.length - most + 1} more.`];
}

export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${NUMBER_FORMAT.format(n)} ${n === 1 ? noun : plural}`;
}

const ANSWERS: Record<Verdict['answer'], string> = {
  good: 'good',
  bad: 'bad',
  'too-little-traffic': 'too little traffic to tell',
  'no-data': 'no figures',
  'query-failed': 'the figures cannot be read',
};

const MARKS: Record<Verdict['answer'], string> = {
  good: '🟢',
  bad: '🔴',
  'too-little-traffic': '🟡',
  'no-data': '⚪',
  'query-failed': '⚪',
};

export function answerWord(verdict: Verdict): string {
  return ANSWERS[verdict.answer];
}

export function answerMark(verdict: Verdict): string {
  return MARKS[verdict.answer];
}

/** "Errors 0.12 % against 0.10 % (0.5 to 2.1 times, 1,240 requests), p95 184 ms against 181 ms." */
export function figures(verdict: Verdict): string {
  const { canary, baseline, errorRatio } = verdict;
  if (canary.requests === 0) {
    // Figures alone never decide on nothing: then commands did.
    const decided = verdict.answer === 'good' || verdict.answer === 'bad';
    if (decided) return verdict.reasons.join(' ');
    // What cannot be read, or lacks the version, tells nothing of who was there.
    return verdict.answer === 'query-failed'
      ? 'Nothing is known of these minutes.'
      : 'The figures have no requests to the new version.';
  }
  const times = errorRatio ? `${decimal(errorRatio.low)} to ${decimal(errorRatio.high)} times, ` : '';
  const against = baseline.requests > 0 ? ` against ${errorShare(baseline)}` : '';
  const errors = `Errors ${errorShare(canary)}${against} (${times}${count(canary.requests, 'request')})`;
  if (canary.p95 === undefined) return `${errors}.`;
  const p95 = baseline.p95 === undefined ? '' : ` against ${Math.round(baseline.p95)} ms`;
  return `${errors}, p95 ${Math.round(canary.p95)} ms${p95}.`;
}

function errorShare({ requests, errors }: Figures): string {
  const share = (errors / requests) * 100;
  return `${share >= 10 ? share.toFixed(0) : share >= 1 ? share.toFixed(1) : share.toFixed(2)} %`;
}

function decimal(n: number): string {
  return n >= 10 ? n.toFixed(0) : n.toFixed(1);
}
