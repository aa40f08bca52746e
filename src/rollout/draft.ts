import { type Origin, sayOrigin } from '../plan/origin.ts';
import type {
  BuiltInCheck,
  ChecklistSection,
  Criterion,
  FollowUpStep,
  OwnCommand,
  PageTest,
  Round,
  Watching,
} from '../plan/terms.ts';

/** Who did something, as it stays on the record. Identity is the number; names change hands. */
export interface Who {
  readonly id: number;
  readonly name: string;
  /** Telegram's number of the update that brought it; absent where it came another way, such as from a pipeline. */
  readonly update?: number;
}

/** Where a rollout is talked about. */
export interface Chat {
  readonly id: number;
  /** The forum topic, where the group has topics. */
  readonly topic?: number;
}

export type Source =
  | Origin
  /** A version that is already on App Engine: nothing is uploaded. */
  | { readonly kind: 'version' };

/** As it follows "from". */
export function saySource(source: Source): string {
  return source.kind === 'version' ? 'the version that is already there' : sayOrigin(source);
}

/** What the plan said when the rollout began; later edits of the plan do not reach a rollout under way. */
export interface Terms {
  /** Folder that the team's commands run in when no folder is released. */
  readonly home: string;
  readonly steps: readonly Step[];
  readonly shardBy: 'RANDOM' | 'COOKIE' | 'IP';
  readonly checklist: readonly ChecklistSection[];
  readonly validation: {
    readonly checks: readonly BuiltInCheck[];
    readonly commands: readonly OwnCommand[];
    /** Where the app must be; absent: anywhere. */
    readonly region?: string;
  };
  /** Whether the code of the old version is kept as a version of its own. */
  readonly clone: boolean;
  /** Path of cron.yaml seen from the source; absent: `cron.yaml` if there is one. */
  readonly cron?: string;
  readonly smoke: readonly PageTest[];
  readonly verify: readonly OwnCommand[];
  readonly approval: {
    readonly needed: number;
    readonly twoPerson: boolean;
    readonly expires: number;
    /** Milliseconds before a question expires; 0: nobody is reminded. */
    readonly remind: number;
    readonly hold: number;
    /** Whether one approver may promote alone, with a written reason. */
    readonly emergency: boolean;
    /** Milliseconds until a bad version is rolled back without an answer; absent: never. */
    readonly rollBackAfter?: number | undefined;
  };
  readonly watching: Watching;
  readonly announce: {
    readonly chat: boolean;
    readonly deployed: readonly OwnCommand[];
    readonly rolledBack: readonly OwnCommand[];
  };
  readonly afterCare: {
    /** Local time of day, "09:00", of what is due by the day or longer. */
    readonly at: string;
    readonly zone: string;
    readonly rounds: readonly Round[];
  };
  /** `after`: milliseconds from the end of the rollout to its verdict. */
  readonly success: { readonly after: number; readonly criteria: readonly Criterion[] };
  readonly contingency: readonly FollowUpStep[];
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
  /** This very version was rolled back before. */
  readonly rejected?: { readonly why: string; readonly at: number };
}
