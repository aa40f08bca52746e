import type { Split } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { AnswerWord, Check, Draft, Effect, Mark, Outcome, Topic, Who } from './events.ts';

/** Where a rollout stands. */
export type Stage =
  | { readonly at: 'checklist' }
  | { readonly at: 'back-up' }
  | { readonly at: 'deploy' }
  | { readonly at: 'verify' }
  /** The gate may go one step further when people say so; they are not asked before `since`. */
  | { readonly at: 'ask'; readonly since: number }
  | { readonly at: 'shift'; readonly step: number }
  /** A step's window: figures of whole minutes from `from` to `to` are judged. */
  | { readonly at: 'watch'; readonly from: number; readonly to: number }
  | { readonly at: 'restore'; readonly reason: string }
  | { readonly at: 'stuck'; readonly effect: Effect; readonly problem: string; readonly resume: Stage }
  | { readonly at: 'drift'; readonly live: Split; readonly resume: Stage }
  | { readonly at: 'done' }
  | { readonly at: 'rolled-back'; readonly reason: string }
  | { readonly at: 'cancelled' };

/** A question put to people. Kept after its end, so that a late tap gets a true answer. */
export interface Gate {
  readonly id: string;
  /** Goes up when the question is put anew; buttons of an older revision no longer count. */
  readonly revision: number;
  readonly topic: Topic;
  readonly verdict?: Verdict;
  readonly digest: string;
  readonly askedAt: number;
  readonly expires: number;
  readonly votes: readonly Vote[];
  readonly outcome?: Outcome;
  readonly settledAt?: number;
  readonly settledBy?: Who;
}

export interface Vote {
  readonly by: Who;
  readonly answer: AnswerWord;
  readonly at: number;
}

/** An effect whose intent is in the journal and whose outcome is not. */
export interface Pending {
  readonly effect: Effect;
  /** When the intent was recorded. */
  readonly since: number;
  /** App Engine's name of the operation that carries it out, once known. */
  readonly operation?: string;
}

/** A checklist item that holds nothing up any more. */
export interface Tick {
  readonly by: Who;
  readonly at: number;
  readonly mark: Exclude<Mark, { kind: 'open' }>;
}

/** The journal folded. */
export interface Rollout extends Draft {
  /** Number of events folded. */
  readonly revision: number;
  readonly starter: Who;
  readonly startedAt: number;
  readonly stage: Stage;
  /** Checklist items that are done or do not apply, by item id. */
  readonly ticks: Readonly<Record<string, Tick>>;
  /** The split before anything was moved, which a rollback restores; absent before the backup. */
  readonly original?: Split;
  /** The split whose proportions the old versions keep among themselves: the original, or one adopted since. */
  readonly base?: Split;
  /** Path of the backup inside the data folder. */
  readonly backup?: string;
  /** The split last seen or made. */
  readonly live?: Split;
  readonly versionUrl?: string;
  readonly checks: readonly Check[];
  /** Index of the last step that was opened; -1 before the first. */
  readonly step: number;
  /** When the present split came into force. */
  readonly movedAt?: number;
  readonly verdict?: Verdict;
  /** When the last verdict was given. */
  readonly judgedAt?: number;
  readonly gates: readonly Gate[];
  readonly pending?: Pending;
  readonly endedAt?: number;
  /** Who asked for the rollback that no question has been opened for yet, and why. */
  readonly rollbackWish?: { readonly by: Who; readonly reason: string };
  readonly closed: boolean;
}

/** Nothing more happens by itself, and a new rollout of the service may begin. */
export function isOver(stage: Stage): boolean {
  return stage.at === 'done' || stage.at === 'rolled-back' || stage.at === 'cancelled';
}

/** There is a state from before to go back to, and something may have been moved since. */
export function canRollBack(rollout: Rollout): boolean {
  const { stage, original, step } = rollout;
  if (!original || stage.at === 'restore' || stage.at === 'rolled-back') return false;
  return stage.at !== 'cancelled' || step >= 0;
}

/** The open question of a kind, if there is one. */
export function openGate<K extends Topic['kind']>(
  rollout: Rollout,
  kind: K,
): (Gate & { topic: Extract<Topic, { kind: K }> }) | undefined {
  const gate = rollout.gates.findLast((g) => g.topic.kind === kind);
  return gate && gate.outcome === undefined
    ? (gate as Gate & { topic: Extract<Topic, { kind: K }> })
    : undefined;
}

/** "2.3" is the third item of the second section: positions count from nought, ids from one. */
export function itemId(section: number, item: number): string {
  return `${section + 1}.${item + 1}`;
}

export function itemIds(rollout: Draft): string[] {
  return rollout.terms.checklist.flatMap((section, s) => section.items.map((_, i) => itemId(s, i)));
}
