/** What is known of a window before its first figure. */
export interface JudgeHeader {
  /** Minutes that it will last. */
  readonly durationMin: number;
  /** The canary's share of the traffic, above 0 and up to 1. */
  readonly canaryShare: number;
  /** False where cold starts cannot be told from other requests. */
  readonly coldStartsApart: boolean;
  /** Age in minutes at which a minute's figures are taken to be complete. */
  readonly maxDelayMin: number;
  /** Ascending borders of the latency buckets, in milliseconds. */
  readonly bounds: readonly number[];
  /** Which way is bad, for each declared custom metric. */
  readonly directions: Readonly<Record<string, 'decrease_bad' | 'increase_bad'>>;
  /** The same of those that are levels, not counts. */
  readonly levels?: Readonly<Record<string, 'decrease_bad' | 'increase_bad'>>;
  /** The old version's minutes from before, numbered below 0. */
  readonly history: readonly MinuteFigures[];
  /** Subjects (see `subjectOf`) that are weighed and told of, and do not count. */
  readonly advisory?: readonly string[];
  /** Nats that the window of the step before left, as `carriedFrom` gave them. */
  readonly carried?: Readonly<Record<string, number>>;
}

/** What one version did in one minute. */
export interface MinuteFigures {
  /** 0 is the window's first. */
  readonly m: number;
  readonly arm: 'canary' | 'baseline';
  /** Responses, and those of them with a status of 500 and above; without cold starts where these can be told. */
  readonly requests: number;
  readonly errors: number;
  /** Counts by bucket: `latency[0]` below the first border; what is cut off at the end is 0. */
  readonly latency: readonly number[];
  /** Lines in the error log beyond one for each failed request, which those repeat. */
  readonly errorLogs: number;
  readonly custom: Readonly<Record<string, number>>;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
}

/** Both versions in one minute; a side that is not known yet, or did nothing, is absent. */
export interface Pair {
  readonly m: number;
  readonly canary?: MinuteFigures | undefined;
  readonly baseline?: MinuteFigures | undefined;
}

/** What one channel has to say. */
export interface Finding {
  readonly channel: string;
  /** Weighted evidence in nats, as it counts for the sum. */
  readonly evidence: number;
  /** How many times the control's, from the fault's most likely onset on; undefined when nothing is known. */
  readonly effect: number | undefined;
  /** Whether the effect is large enough for anyone to care. */
  readonly matters: boolean;
}

export function pairUp(minutes: readonly MinuteFigures[]): Pair[] {
  const pairs = new Map<number, Pair>();
  for (const minute of minutes) {
    const known = pairs.get(minute.m) ?? { m: minute.m };
    pairs.set(minute.m, { ...known, [minute.arm]: minute });
  }
  return Array.from(pairs.values()).toSorted((a, b) => a.m - b.m);
}

export function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
}
