import type { Split } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Care } from './care.ts';
import type { Draft, Who } from './draft.ts';
import type {
  Announcement,
  AnswerWord,
  Check,
  Commit,
  CronChange,
  Effect,
  Mark,
  Note,
  Outcome,
  Topic,
} from './events.ts';
import type { Marks, Shared, VersionChange } from './sighting.ts';

/** Where a rollout stands. */
export type Stage =
  | { readonly at: 'checklist' }
  | { readonly at: 'validate' }
  | { readonly at: 'back-up' }
  | { readonly at: 'deploy' }
  | { readonly at: 'compare-cron' }
  /** The cron jobs differ, and people say whether they may change. */
  | { readonly at: 'ask-cron'; readonly change: CronChange }
  | { readonly at: 'deploy-cron' }
  | { readonly at: 'verify' }
  /** The gate may go one step further when people say so; they are not asked before `since`. */
  | { readonly at: 'ask'; readonly since: number }
  /** To the split of the step, or to `to`, which was in force before another hand moved it. */
  | { readonly at: 'shift'; readonly step: number; readonly to?: Split }
  /** A step's window: figures of whole minutes from `from` to `to` are judged. */
  | { readonly at: 'watch'; readonly from: number; readonly to: number }
  /** The traffic first, then, at `put-back`, cron jobs and files. */
  | { readonly at: 'restore'; readonly reason: string }
  | { readonly at: 'put-back'; readonly reason: string }
  | { readonly at: 'stuck'; readonly effect: Effect; readonly problem: string; readonly resume: Stage }
  | (Strayed & { readonly at: 'drift'; readonly resume: Stage })
  /** All of the traffic is the new version's; after-care goes on. */
  | { readonly at: 'done' }
  | { readonly at: 'rolled-back'; readonly reason: string }
  | { readonly at: 'cancelled' };

/** What was found where something else was expected. */
export interface Strayed {
  readonly live: Split;
  readonly versions?: readonly VersionChange[];
  readonly seen?: Marks;
}

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
  /** When those who may answer were reminded of it. */
  readonly remindedAt?: number;
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

/** A checklist item's command: wanted, or as it ended last. */
export type Run =
  | { readonly state: 'wanted'; readonly by: Who }
  | {
      readonly state: 'ended';
      readonly at: number;
      readonly ok: boolean;
      readonly detail: string;
      readonly output: string;
    };

/** Everything known of the checklist's items, by item id. */
export interface Checklist {
  readonly ticks: Readonly<Record<string, Tick>>;
  readonly runs: Readonly<Record<string, Run>>;
  readonly notes: Readonly<Record<string, readonly (Note & { readonly by: Who; readonly at: number })[]>>;
  /** Who went on with items left open. */
  readonly closed?: { readonly by: Who; readonly open: readonly string[]; readonly reason?: string };
}

/** The journal folded. */
export interface Rollout extends Draft {
  /** Number of events folded. */
  readonly revision: number;
  readonly starter: Who;
  readonly startedAt: number;
  readonly stage: Stage;
  readonly checklist: Checklist;
  /** What was found before anything was changed. */
  readonly validation: readonly Check[];
  readonly commit?: Commit;
  /** The split before anything was moved, which a rollback restores; absent before the backup. */
  readonly original?: Split;
  /** The split whose proportions the old versions keep among themselves: the original, or one adopted since. */
  readonly base?: Split;
  /** Name of the backup's document. */
  readonly backup?: string;
  /** The split last seen or made. */
  readonly live?: Split;
  /** What the versions were when they were first looked at, or as people took them over. */
  readonly marks?: Marks;
  /** After the release was out, another hand moved the traffic; people are asked, and nothing else waits. */
  readonly strayed?: Strayed;
  /** Cron jobs and routing as they were last seen. */
  readonly sharedSeen?: Shared;
  /** What another hand did to them, oldest first. */
  readonly sharedDrifts?: readonly { readonly at: number; readonly change: CronChange }[];
  /** When the first attempt to make the version was intended. */
  readonly madeSince?: number;
  readonly versionUrl?: string;
  readonly changes: readonly string[];
  /** From the moment on that jobs may have been changed; what was done, once that is known. */
  readonly cron?: { readonly change?: CronChange };
  /** What was found on the new version before it had traffic. */
  readonly checks: readonly Check[];
  /** Index of the last step that was opened; -1 before the first. */
  readonly step: number;
  /** When the present split came into force. */
  readonly movedAt?: number;
  /** A move was begun, and what came of it is not known: App Engine may carry it out later. */
  readonly unsettled?: true;
  readonly verdict?: Verdict;
  /** What the evidence of the step before is worth to the present window, in nats by channel. */
  readonly carried?: Readonly<Record<string, number>>;
  /** When the last verdict was given. */
  readonly judgedAt?: number;
  readonly gates: readonly Gate[];
  readonly pending?: Pending;
  readonly endedAt?: number;
  /** Who asked for the rollback that no question has been opened for yet, and why. */
  readonly rollbackWish?: { readonly by: Who; readonly reason: string };
  /** Nobody is asked to promote until somebody resumes. */
  readonly held?: { readonly by: Who; readonly reason: string };
  /** What a rollback put back beside the traffic. */
  readonly putBack?: readonly Check[];
  readonly announced: Readonly<Partial<Record<Announcement, readonly Check[]>>>;
  /** From the moment on that the new version had all of the traffic. */
  readonly care?: Care;
  readonly closed: boolean;
}

/** The release itself is over, and a new rollout of the service may begin; after-care may go on. */
export function isOver(stage: Stage): boolean {
  return stage.at === 'done' || stage.at === 'rolled-back' || stage.at === 'cancelled';
}

/** The rollout at its next stage; the end of the release is dated. */
export function enter(rollout: Rollout, stage: Stage, at: number): Rollout {
  return { ...rollout, stage, ...(isOver(stage) && { endedAt: at }) };
}

/** There is a state from before to go back to, and something may have been moved since. */
export function canRollBack(rollout: Rollout): boolean {
  const { stage, original, step, closed } = rollout;
  if (!original || closed || isGoingBack(stage) || stage.at === 'rolled-back') return false;
  return stage.at !== 'cancelled' || step >= 0;
}

/** A rollback is under way. */
export function isGoingBack(stage: Stage): boolean {
  return stage.at === 'restore' || stage.at === 'put-back';
}

/** The answers that let the new version have more traffic. */
export function isYes(answer: string): answer is 'yes' | 'overrule' | 'emergency' {
  return answer === 'yes' || answer === 'overrule' || answer === 'emergency';
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
