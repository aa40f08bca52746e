/** What a window of figures says about the new version. Only `good` may offer promotion. */
export type Answer = 'good' | 'bad' | 'too-little-traffic' | 'no-data' | 'query-failed';

/** What one side of the comparison did over the minutes judged. */
export interface Figures {
  readonly requests: number;
  /** Responses with a status of 500 and above. */
  readonly errors: number;
  /** Milliseconds; absent when there were no requests to take it from. */
  readonly p50?: number;
  readonly p95?: number;
}

/** The judge's word on a window, small enough to be kept in the journal at every tick. */
export interface Verdict {
  readonly answer: Answer;
  /** Sentences, the weightiest first; never empty. */
  readonly reasons: readonly string[];
  /** The version being let in. */
  readonly canary: Figures;
  /** Everything else that served the same minutes. */
  readonly baseline: Figures;
  /** 95 % interval of the error rate's ratio, canary to baseline; absent while nothing is known. */
  readonly errorRatio?: { readonly low: number; readonly high: number };
  /** Smallest multiple of the baseline's error rate that this much traffic would have shown. */
  readonly detectable?: number;
  /** What the evidence is worth to the window of the next step, in nats by channel; absent while there is none. */
  readonly carry?: Readonly<Record<string, number>>;
  /** The plan rehearses the judge: this is told, and people decide without it. */
  readonly rehearsal?: true;
  /** End of the last minute that the figures cover, in milliseconds since the epoch. */
  readonly through: number;
}
