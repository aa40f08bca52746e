import type { Split } from '../plan/split.ts';
import type { Check, Reading } from '../plan/terms.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Draft, Who } from './draft.ts';
import type { Marks, Shared, VersionChange } from './sighting.ts';

export type { Check };

/** What cron.yaml would change, a line for each job, and dispatch.yaml, a line for each rule. */
export interface CronChange {
  readonly create: readonly string[];
  readonly remove: readonly string[];
  readonly same: number;
  /** All rules of the routing by host and path, of which the first that fits counts; absent: they stay. */
  readonly routes?: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/**
 * Work on the world outside. Level-triggered: it reads first, acts on a difference only, and may be run again after a
 * crash. Its id tells a late outcome from the outcome of what is awaited now.
 */
export type Effect = { readonly id: string } & (
  | { readonly kind: 'run-item'; readonly item: string }
  | { readonly kind: 'validate' | 'back-up' | 'deploy' | 'compare-cron' | 'deploy-cron' | 'verify' }
  | {
      readonly kind: 'set-split';
      /** The live split must be one of these, or it was moved by another hand. */
      readonly accept: readonly Split[];
      readonly to: Split;
      /** Written although it seems to be in force: a move that was overtaken may still be on its way. */
      readonly anew?: true;
    }
  /** Cron jobs and config files as they were before. */
  | { readonly kind: 'put-back' }
  | { readonly kind: 'announce'; readonly what: Announcement }
  /** Looks at the time from `from` to `due`; `missed` due times before it were slept through. */
  | {
      readonly kind: 'look-after';
      readonly round: number;
      readonly from: number;
      readonly due: number;
      readonly missed: number;
    }
  | { readonly kind: 'assess'; readonly from: number; readonly to: number }
);

export type Announcement = 'deployed' | 'rolled-back';

/** What somebody says of a checklist item. */
export type Mark =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-applicable'; readonly reason: string }
  | { readonly kind: 'open' };

/** Evidence that somebody puts beside a checklist item. */
export type Note =
  | { readonly kind: 'text'; readonly text: string }
  /** `kept`: under which name the store keeps the file. */
  | { readonly kind: 'file'; readonly name: string; readonly kept: string };

/** What a question is about. */
export type Topic =
  | { readonly kind: 'promote'; readonly step: number; readonly from: Split; readonly to: Split }
  | {
      readonly kind: 'roll-back';
      readonly from: Split;
      readonly to: Split;
      readonly reason: string;
      /** Who asked for it; absent when the judge did. */
      readonly asker?: Who;
    }
  | { readonly kind: 'cron'; readonly change: CronChange }
  | { readonly kind: 'stuck'; readonly effect: Effect['kind']; readonly problem: string }
  | {
      readonly kind: 'drift';
      readonly expected: Split;
      readonly live: Split;
      /** Versions that another hand changed. */
      readonly versions?: readonly VersionChange[];
    };

/** Answers that a person can give; which of them a question takes depends on its topic. */
export type AnswerWord =
  | 'yes'
  | 'no'
  | 'hold'
  | 'retry'
  | 'adopt'
  | 'restore'
  | 'overrule'
  /** One approver promotes alone where the plan asks for more persons. */
  | 'emergency';

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: AnswerWord; readonly reason?: string }
  | { readonly kind: 'expired' }
  /** The world moved under the question. */
  | { readonly kind: 'superseded'; readonly why: string };

/** Something people have left lying. */
export type Reminder =
  | { readonly kind: 'tasks'; readonly round: number; readonly due: number }
  | { readonly kind: 'criteria' }
  | { readonly kind: 'follow-up'; readonly step: number };

export type Fact =
  | { readonly type: 'started'; readonly draft: Draft; readonly by: Who }
  | { readonly type: 'item-marked'; readonly item: string; readonly mark: Mark; readonly by: Who }
  | { readonly type: 'run-wanted'; readonly item: string; readonly by: Who }
  | {
      readonly type: 'item-ran';
      readonly effect: string;
      readonly item: string;
      readonly ok: boolean;
      readonly detail: string;
      readonly output: string;
    }
  | { readonly type: 'noted'; readonly item: string; readonly note: Note; readonly by: Who }
  /** Required items may be among those left open; then there is a reason. */
  | {
      readonly type: 'checklist-closed';
      readonly open: readonly string[];
      readonly reason?: string;
      readonly by: Who;
    }
  | { readonly type: 'effect-intended'; readonly effect: Effect }
  | { readonly type: 'operation-started'; readonly effect: string; readonly operation: string }
  | {
      readonly type: 'validated';
      readonly effect: string;
      readonly checks: readonly Check[];
      /** What the source is at, where it is a git repository. */
      readonly commit?: Commit;
    }
  | { readonly type: 'backed-up'; readonly effect: string; readonly split: Split; readonly backup: string }
  | {
      readonly type: 'deployed';
      readonly effect: string;
      readonly versionUrl: string;
      readonly files: number;
      readonly uploaded: number;
      /** What differs from the version that had most of the traffic, in words. */
      readonly changes: readonly string[];
    }
  | { readonly type: 'cron-compared'; readonly effect: string; readonly change: CronChange }
  | { readonly type: 'cron-deployed'; readonly effect: string; readonly change: CronChange }
  | { readonly type: 'verified'; readonly effect: string; readonly checks: readonly Check[] }
  | { readonly type: 'split-set'; readonly effect: string; readonly split: Split }
  | { readonly type: 'put-back'; readonly effect: string; readonly checks: readonly Check[] }
  /** What the versions were when they were first looked at. */
  | { readonly type: 'marked'; readonly versions: Marks }
  /** Traffic or versions were changed by another hand: everything waits for people. */
  | {
      readonly type: 'drifted';
      readonly live: Split;
      readonly versions?: readonly VersionChange[];
      /** The versions as they are now; present with `versions`. */
      readonly seen?: Marks;
    }
  /** Whoever changed it has put it back. */
  | { readonly type: 'righted' }
  /** Cron jobs and routing; later than the first time another hand has changed them. */
  | { readonly type: 'shared-seen'; readonly shared: Shared; readonly change?: CronChange }
  /** The same, found when a rollback was about to overwrite it anyway. */
  | { readonly type: 'seen'; readonly live: Split }
  | { readonly type: 'effect-failed'; readonly effect: string; readonly problem: string }
  | {
      readonly type: 'asked';
      readonly gate: string;
      readonly revision: number;
      readonly topic: Topic;
      readonly verdict?: Verdict;
      /** SHA-256 of what an answer rests on; looked at again when somebody says yes. */
      readonly digest: string;
      readonly expires: number;
    }
  | {
      readonly type: 'voted';
      readonly gate: string;
      readonly answer: AnswerWord;
      readonly by: Who;
    }
  /** By whoever had voted; `why` when they did not take it back themselves. */
  | { readonly type: 'vote-withdrawn'; readonly gate: string; readonly by: Who; readonly why?: string }
  /** Those who may answer were reminded that the question expires. */
  | { readonly type: 'question-reminded'; readonly gate: string }
  | { readonly type: 'settled'; readonly gate: string; readonly outcome: Outcome; readonly by?: Who }
  | { readonly type: 'judged'; readonly verdict: Verdict }
  | { readonly type: 'window-ended' }
  | { readonly type: 'asked-again'; readonly by: Who }
  | { readonly type: 'held'; readonly reason: string; readonly by: Who }
  | { readonly type: 'resumed'; readonly by: Who }
  | { readonly type: 'rollback-requested'; readonly reason: string; readonly by: Who }
  | { readonly type: 'cancelled'; readonly by: Who }
  | {
      readonly type: 'announced';
      readonly effect: string;
      readonly what: Announcement;
      readonly checks: readonly Check[];
    }
  | {
      readonly type: 'looked-after';
      readonly effect: string;
      readonly round: number;
      readonly from: number;
      readonly due: number;
      readonly missed: number;
      readonly readings: readonly Reading[];
    }
  | {
      readonly type: 'task-answered';
      readonly round: number;
      readonly due: number;
      readonly task: number;
      readonly answer: 'done' | 'later';
      readonly note?: string;
      readonly by: Who;
    }
  /** For each criterion what its checks gave. */
  | {
      readonly type: 'assessed';
      readonly effect: string;
      readonly from: number;
      readonly to: number;
      readonly readings: readonly (readonly Reading[])[];
    }
  | {
      readonly type: 'criterion-answered';
      readonly criterion: number;
      readonly met: boolean;
      readonly note?: string;
      readonly by: Who;
    }
  | { readonly type: 'concluded'; readonly met: boolean }
  | { readonly type: 'step-taken'; readonly step: number; readonly by: Who }
  | { readonly type: 'step-done'; readonly step: number; readonly note?: string; readonly by: Who }
  | { readonly type: 'reminded'; readonly of: Reminder }
  /** The record is complete; the next rollout of the service, if any, has taken over. */
  | { readonly type: 'closed' }
  | {
      readonly type: 'refused';
      readonly attempt: string;
      readonly why: string;
      readonly by: Who;
      /** The question that was to be answered. */
      readonly gate?: string;
    };

export interface Commit {
  readonly id: string;
  readonly subject: string;
}

/** A line of the journal: what happened, and when by the clock (milliseconds since the epoch). */
export type Event = Fact & { readonly at: number };
