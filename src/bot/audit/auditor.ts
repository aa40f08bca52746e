/** The audit, or the part of it that a rollout is in, as it is handed out. Times are milliseconds since the epoch. */
export interface HandOut {
  /** Of the file. */
  readonly name: string;
  /** Lines of JSON. May be asked for again. */
  content(): AsyncIterable<Uint8Array>;
  /** Numbers of the first and the last line in it. */
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
  /** What is wrong with the whole audit; absent when it is sound from its beginning to its end. */
  readonly problem?: string;
  /** Lines in the whole audit, as far as they are sound. */
  readonly whole: number;
  /** Of the last line in the file, in full. */
  readonly head: string;
  readonly publicKey: string;
}

/** Hands out the audit. */
export interface Auditor {
  /**
   * Checks the whole audit first.
   * @param rollout the lines from the first to the last one of this rollout; absent: all, or the newest that fit.
   */
  handOut(rollout?: string): Promise<HandOut | { readonly problem: string }>;
}
