import { createHash } from 'node:crypto';
import { describeSplit, type Split, sameSplit } from '../plan/split.ts';
import type { Answer, Verdict } from '../plan/verdict.ts';
import type { Topic } from './events.ts';
import { heard } from './heard.ts';
import type { Gate, Rollout } from './state.ts';
import { targetSplit } from './target.ts';

/** The verdict that a question asked now rests on: before the first step there is nothing to judge. */
export function verdictShown({ step, verdict }: Rollout): Verdict | undefined {
  return step >= 0 ? verdict : undefined;
}

/** What that verdict counts for. */
export function answerShown(rollout: Rollout): Answer | undefined {
  return rollout.step >= 0 ? heard(rollout, rollout.verdict) : undefined;
}

/**
 * SHA-256 of what an answer rests on: the move that is asked for and the verdict's answer. Figures are left out: they
 * move with every minute, and the verdict is what people are told to go by.
 */
export function digestOf(topic: Topic, answer: Answer | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify([inOrder(topic), answer ?? null]))
    .digest('hex');
}

/** What has changed since a promotion was asked for, as it follows "Nothing was moved: "; undefined when nothing has. */
export function whatChanged(
  rollout: Rollout,
  gate: Gate & { readonly topic: Extract<Topic, { kind: 'promote' }> },
): string | undefined {
  const { topic } = gate;
  const live = rollout.live ?? topic.from;
  const now: Topic = { ...topic, from: live, to: targetSplit(rollout, topic.step) };
  if (digestOf(now, answerShown(rollout)) === gate.digest) return undefined;
  if (!sameSplit(live, topic.from)) return `the traffic is ${describeSplit(live)} now`;
  const [before, after] = [gate.verdict, verdictShown(rollout)].map(wordOf);
  return before === after
    ? 'what is asked for has changed'
    : `the verdict was “${before}” when this was asked and is “${after}” now`;
}

function wordOf(verdict: Verdict | undefined): string {
  return verdict ? verdict.answer.replaceAll('-', ' ') : 'none yet';
}

/** App Engine tells a split's versions in any order. */
function inOrder(topic: Topic): unknown {
  return Object.fromEntries(
    Object.entries(topic).map(([key, value]) => [key, isSplit(value) ? sorted(value) : value]),
  );
}

function isSplit(value: unknown): value is Split {
  return typeof value === 'object' && value !== null && 'shares' in value;
}

function sorted({ shardBy, shares }: Split): unknown {
  return [shardBy, Object.entries(shares).toSorted(([a], [b]) => (a < b ? -1 : 1))];
}
