import { SUBJECTS, type Subject } from '../plan/terms.ts';
import type { Verdict } from '../plan/verdict.ts';
import { channelOf, nameOf } from './channels.ts';
import { ENOUGH } from './judge/constants.ts';
import type { Finding } from './judge/figures.ts';
import type { JudgeWindow } from './judge.ts';
import type { Point } from './points.ts';
import type { Unread } from './signals.ts';

/** What the plan asks for and the figures lack. */
export interface Gaps {
  /** Of what is required; a sentence each. */
  readonly required: readonly string[];
  /** One of these could not be read: trying again may help. */
  readonly failed: boolean;
  /** Of the rest, as far as it is worth a word. */
  readonly others: readonly string[];
}

const CALLED: Readonly<Record<Subject, string>> = {
  errors: 'errors',
  latency: 'latency',
  memory: 'memory',
  cpu: 'CPU',
  errorLogs: 'error logs',
};

/** @param unread figures that were asked for and could not be read. */
export function gapsOf(window: JudgeWindow, points: readonly Point[], unread: readonly Unread[]): Gaps {
  const asked = [
    ...SUBJECTS.map((name) => ({
      name,
      called: CALLED[name],
      say: window.say?.[name] ?? 'usual',
      own: false,
    })),
    ...(window.metrics ?? []).map(({ name, say }) => ({ name, called: name, say, own: true })),
  ];
  const gaps = asked.flatMap(({ name, called, say, own }) => {
    const problem = unread.find((one) => one.name === name)?.problem;
    const required = say === 'required';
    if (problem !== undefined)
      return [{ required, failed: true, says: `Not judged by ${called}: ${problem}` }];
    // Nobody has asked for what only some environments tell.
    if (!(required || own) || hasData(name, window, points)) return [];
    return [{ required, failed: false, says: `Not judged by ${called}: Cloud Monitoring has none of it.` }];
  });
  const required = gaps.filter((gap) => gap.required);
  return {
    required: required.map(({ says }) => `${says} The plan requires it.`),
    failed: required.some(({ failed }) => failed),
    others: gaps.filter((gap) => !gap.required).map(({ says }) => says),
  };
}

/** Whether the new version has figures of it, and so has what it is compared with, if anything is. */
function hasData(name: string, { canaryShare, history }: JudgeWindow, points: readonly Point[]): boolean {
  const has = (p: Point) => isKnown(name, p);
  const control = canaryShare < 1 ? points.filter(({ arm }) => arm === 'baseline') : history;
  return points.some((p) => p.arm === 'canary' && has(p)) && (control.length === 0 || control.some(has));
}

function isKnown(name: string, point: Point): boolean {
  switch (name) {
    case 'errors':
      return true;
    case 'latency':
      return point.latency.counts.length > 0;
    case 'memory':
    case 'cpu':
    case 'errorLogs':
      return point[name] !== undefined;
    default:
      return point.custom?.[name] !== undefined;
  }
}

/** Whoever finds it bad is right; without what is required it is not good, nor merely thin. */
export function withGaps(verdict: Verdict, { required, failed, others }: Gaps): Verdict {
  const reasons = [...verdict.reasons, ...others];
  if (required.length === 0) return { ...verdict, reasons };
  if (verdict.answer === 'bad') return { ...verdict, reasons: [...reasons, ...required] };
  return { ...verdict, answer: failed ? 'query-failed' : 'no-data', reasons: [...required, ...reasons] };
}

/** What advisory figures show that would have counted against the new version. */
export function advice(told: readonly Finding[], { enough = ENOUGH }: JudgeWindow): string[] {
  return told
    .filter(({ matters, evidence }) => matters && evidence >= enough)
    .map((finding) => {
      const { effect } = finding;
      const much = effect === undefined ? '' : `: ${Number(effect.toPrecision(2))} times the old version’s`;
      return `Advisory, does not count: ${nameOf(channelOf(finding))}${much}.`;
    });
}
