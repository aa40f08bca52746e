import type { Section, SmokeTest } from '../plan/schema.ts';
import type { Split } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';

/** Who did something, as it stays on the record. Identity is the number; names change hands. */
export interface Who {
  readonly id: number;
  readonly name: string;
}

/** Where a rollout is talked about. */
export interface Chat {
  readonly id: number;
  /** The forum topic, where the group has topics. */
  readonly topic?: number;
}

export type Source =
  | { readonly kind: 'folder'; readonly path: string }
  /** A version that is already on App Engine: nothing is uploaded. */
  | { readonly kind: 'version' };

/** What the plan said when the rollout began; later edits of the plan do not reach a rollout under way. */
export interface Terms {
  readonly steps: readonly Step[];
  readonly shardBy: 'RANDOM' | 'COOKIE' | 'IP';
  readonly checklist: readonly Section[];
  readonly smoke: readonly SmokeTest[];
  readonly approval: {
    readonly needed: number;
    readonly twoPerson: boolean;
    readonly expires: number;
    readonly hold: number;
  };
  /** Milliseconds until a minute's figures are complete. */
  readonly lag: number;
}

export interface Step {
  /** Thousandths of the traffic. */
  readonly traffic: number;
  /** Milliseconds of judging before the next step may be asked for. */
  readonly watch: number;
}

/** What a rollout is begun with. */
export interface Draft {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly source: Source;
  readonly chat: Chat;
  readonly terms: Terms;
}

/** One result of the checks on a version that has no traffic yet. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * Work on the world outside. Level-triggered: it reads first, acts on a difference only, and may be run again after a
 * crash. Its id tells a late outcome from the outcome of what is awaited now.
 */
export type Effect =
  | { readonly kind: 'back-up'; readonly id: string }
  | { readonly kind: 'deploy'; readonly id: string }
  | { readonly kind: 'verify'; readonly id: string }
  | {
      readonly kind: 'set-split';
      readonly id: string;
      /** The live split must be one of these, or it was moved by another hand. */
      readonly accept: readonly Split[];
      readonly to: Split;
    };

/** What somebody says of a checklist item. */
export type Mark =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-applicable'; readonly reason: string }
  | { readonly kind: 'open' };

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
  | { readonly kind: 'stuck'; readonly effect: Effect['kind']; readonly problem: string }
  | { readonly kind: 'drift'; readonly expected: Split; readonly live: Split };

/** Answers that a person can give; which of them a question takes depends on its topic. */
export type AnswerWord = 'yes' | 'no' | 'hold' | 'retry' | 'adopt' | 'restore' | 'overrule';

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: AnswerWord; readonly reason?: string }
  | { readonly kind: 'expired' }
  /** The world moved under the question. */
  | { readonly kind: 'superseded'; readonly why: string };

export type Fact =
  | { readonly type: 'started'; readonly draft: Draft; readonly by: Who }
  | { readonly type: 'item-marked'; readonly item: string; readonly mark: Mark; readonly by: Who }
  | { readonly type: 'effect-intended'; readonly effect: Effect }
  | { readonly type: 'operation-started'; readonly effect: string; readonly operation: string }
  | { readonly type: 'backed-up'; readonly effect: string; readonly split: Split; readonly backup: string }
  | {
      readonly type: 'deployed';
      readonly effect: string;
      readonly versionUrl: string;
      readonly files: number;
      readonly uploaded: number;
    }
  | { readonly type: 'verified'; readonly effect: string; readonly checks: readonly Check[] }
  | { readonly type: 'split-set'; readonly effect: string; readonly split: Split }
  /** Traffic was moved by another hand: everything waits for people. */
  | { readonly type: 'drifted'; readonly live: Split }
  /** The same, found when a rollback was about to overwrite it anyway. */
  | { readonly type: 'seen'; readonly live: Split }
  | { readonly type: 'effect-failed'; readonly effect: string; readonly problem: string }
  | {
      readonly type: 'asked';
      readonly gate: string;
      readonly revision: number;
      readonly topic: Topic;
      readonly verdict?: Verdict;
      /** SHA-256 over topic and verdict, so that the record says on what people answered. */
      readonly digest: string;
      readonly expires: number;
    }
  | {
      readonly type: 'voted';
      readonly gate: string;
      readonly answer: AnswerWord;
      readonly by: Who;
    }
  | { readonly type: 'settled'; readonly gate: string; readonly outcome: Outcome; readonly by?: Who }
  | { readonly type: 'judged'; readonly verdict: Verdict }
  | { readonly type: 'window-ended' }
  | { readonly type: 'asked-again'; readonly by: Who }
  | { readonly type: 'rollback-requested'; readonly reason: string; readonly by: Who }
  | { readonly type: 'cancelled'; readonly by: Who }
  /** The record is complete; the next rollout of the service, if any, has taken over. */
  | { readonly type: 'closed' }
  | { readonly type: 'refused'; readonly attempt: string; readonly why: string; readonly by: Who };

/** A line of the journal: what happened, and when by the clock (milliseconds since the epoch). */
export type Event = Fact & { readonly at: number };
