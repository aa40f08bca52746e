/** What a command of the team's own is. */
export interface CommandLine {
  readonly run: string;
  /** Run by the shell. Absent in what was recorded before plans could say so: by the shell, too. */
  readonly shell?: boolean;
}

/** A command of the team's own, run in the service's folder. Exit code 0 is a yes. */
export interface OwnCommand extends CommandLine {
  readonly name: string;
  /** Milliseconds; whatever takes longer is ended and counts as failed. */
  readonly within: number;
}

/** What is ticked before a release begins. */
export interface ChecklistItem {
  readonly text: string;
  /** The deployment stays shut while a required item is open. */
  readonly required: boolean;
  /** Ticks the item when it ends with 0. */
  readonly run?: string;
  /** As in {@link CommandLine}. */
  readonly shell?: boolean;
  /** Milliseconds that `run` may take. */
  readonly within: number;
}

export interface ChecklistSection {
  readonly title: string;
  readonly items: readonly ChecklistItem[];
}

/** Checks that Sluice makes by itself before anything is changed. */
export const BUILT_IN_CHECKS = [
  'permissions',
  'region',
  'service',
  'versions',
  'bucket',
  'files',
  'git',
] as const;
export type BuiltInCheck = (typeof BUILT_IN_CHECKS)[number];

/** A request that must be answered as it should. */
export interface PageTest {
  readonly path: string;
  readonly status: number;
  /** A regular expression that the body must match somewhere. */
  readonly body?: string;
  /** What the value at a path in a JSON body must be. */
  readonly json?: JsonTest;
  /** Milliseconds. */
  readonly within: number;
}

/** `path` is dotted: "stats.signals.0.quality". One of the others is set, or the value must merely be there. */
export interface JsonTest {
  readonly path: string;
  readonly is?: string | number | boolean;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** How the points of a metric become one number over a span of time. */
export const MEASURES = ['sum', 'mean', 'min', 'max', 'p50', 'p95', 'p99'] as const;
export type Measure = (typeof MEASURES)[number];

/**
 * What a judged figure's word counts for. `required`: without data of it there is no promotion; `usual`: it counts where
 * there is data; `advisory`: it is told, and neither stops nor rolls back.
 */
export const SAYS = ['required', 'usual', 'advisory'] as const;
export type Say = (typeof SAYS)[number];

/** What every release is judged by, beside metrics of the team's own. */
export const SUBJECTS = ['errors', 'latency', 'memory', 'cpu', 'errorLogs'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** A metric of the team's own that both versions are compared by, minute by minute. */
export interface JudgedMetric {
  readonly name: string;
  /** In Cloud Monitoring's language, with its metric.type. */
  readonly filter: string;
  /** `sum`: so many things happened; `mean`: a level. */
  readonly measure: 'sum' | 'mean';
  readonly bad: 'increase' | 'decrease';
  /** The label that tells which version wrote a point. */
  readonly version: string;
  readonly say: Say;
}

/** How a step is judged. What is absent was recorded before plans could say so. */
export interface Watching {
  /** Milliseconds until a minute's figures are complete. */
  readonly lag: number;
  /** Whether Cloud Monitoring is asked; if not, the commands alone judge. */
  readonly figures: boolean;
  /** Share of the healthy windows that may be called bad, 0 to 1; absent: the judge's own measure. */
  readonly falseAlarm?: number | undefined;
  /** The figures are judged without a say: people decide without the verdict. */
  readonly rehearsal?: boolean;
  readonly say?: Readonly<Record<Subject, Say>>;
  readonly metrics?: readonly JudgedMetric[];
  readonly commands: readonly OwnCommand[];
}

/** Limits of a figure, both included. At least one is set. */
export interface Limits {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Something that can be looked up without asking people, over a span of time. */
export type Probe = { readonly name: string } & (
  | { readonly kind: 'errors' /** Share of the responses that are 5xx, 0 to 1. */; readonly atMost: number }
  | { readonly kind: 'latency' /** 95th percentile, in milliseconds. */; readonly atMost: number }
  | ({
      readonly kind: 'logs';
      /** In Cloud Logging's language; the service, its version and the span are added. */
      readonly filter: string;
      /** The count is told for a span of this length: a day's worth for 86,400,000. Absent: the count as it is. */
      readonly per?: number;
    } & Limits)
  | ({
      readonly kind: 'metric';
      /** In Cloud Monitoring's language, with its metric.type. */
      readonly filter: string;
      readonly measure: Measure;
      /** As with logs; for sums only. */
      readonly per?: number;
    } & Limits)
  | ({ readonly kind: 'page' } & PageTest)
  | ({ readonly kind: 'command'; readonly within: number } & CommandLine)
);

export const RHYTHMS = ['hour', 'day', 'week', 'month', 'quarter'] as const;
export type Rhythm = (typeof RHYTHMS)[number];

/** A rung of the after-care ladder: what is looked at, how often and for how long. */
export interface Round {
  readonly name: string;
  readonly every: Rhythm;
  /** Milliseconds from the end of the rollout on; absent: until a newer release takes over. */
  readonly for?: number;
  readonly checks: readonly Probe[];
  /** What people are asked to look after. */
  readonly tasks: readonly string[];
}

/** What the release must have shown after a while. All checks must hold; without any, people are asked. */
export interface Criterion {
  readonly text: string;
  readonly checks: readonly Probe[];
}

/** What is to be done when the release did not meet its criteria. */
export interface FollowUpStep {
  readonly text: string;
  /** Milliseconds after the verdict. */
  readonly within: number;
  /** What the bot offers to do for it. */
  readonly offer?: 'rollback' | 'calendar';
}

/** A time in which nothing is let out. Rollbacks are never kept from. */
export type FreezeWindow = { readonly why: string } & (
  | {
      readonly kind: 'weekly';
      readonly days: readonly Weekday[];
      /** Local times of day, "09:30"; `to` up to `from` is on the next day. */
      readonly from: string;
      readonly to: string;
      readonly zone: string;
    }
  | {
      readonly kind: 'dates';
      /** Local dates, "2026-12-24", or with a time, "2026-12-24T18:00"; a `to` without a time includes its day. */
      readonly from: string;
      readonly to: string;
      readonly zone: string;
    }
);

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What came of looking at a {@link Probe}. `unknown`: no data, or it could not be asked. */
export interface Reading {
  readonly name: string;
  readonly answer: 'good' | 'off' | 'unknown';
  /** What was seen and what was asked, in words that need no further look. */
  readonly detail: string;
}

/** What came of looking once, by a command, a page or an API. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, in words that need no further look. */
  readonly detail: string;
  /** The end of what a command said. */
  readonly output?: string;
}
