import type { Clock } from '../plan/clock.ts';
import type { Verdict } from '../plan/verdict.ts';

/** What happens in a bot that tells whether it is well. Seconds are of real requests. */
export type Sign =
  | { readonly kind: 'google'; readonly api: string; readonly outcome: number | string }
  | { readonly kind: 'telegram'; readonly method: string; readonly outcome: number | 'lost' }
  | { readonly kind: 'tick' }
  | {
      readonly kind: 'stored';
      readonly seconds: number;
      readonly journal: boolean;
      readonly problem?: string;
    }
  | { readonly kind: 'tap'; readonly result: TapResult; readonly seconds: number }
  | { readonly kind: 'verdict'; readonly answer: Verdict['answer'] };

export type TapResult = 'taken' | 'refused' | 'dialogue' | 'failed';

/** How one of Google's APIs has answered of late. Times are of the vitals' clock. */
export interface Reach {
  /** When it last gave an answer of its own. */
  readonly answered?: number;
  /** Since its last answer there were failures only. */
  readonly failing?: { readonly since: number; readonly last: number; readonly why: string };
}

/** The last signs of life of each organ, as they were noticed. */
export interface Vitals {
  notice(sign: Sign): void;
  /** Hears every sign from now on. @returns what ends it. */
  listen(listener: (sign: Sign) => void): () => void;
  /** When they began to be watched. */
  readonly begun: number;
  /** When Telegram last answered a poll; undefined before the first time. */
  readonly polled: number | undefined;
  readonly ticked: number | undefined;
  /** When something was last written, and what the last attempt met. */
  readonly stored: { readonly at: number | undefined; readonly problem?: string };
  reach(api: string): Reach;
}

/** @param clock of the world in which people wait: failures last as long as real ones do, however fast a sandbox runs. */
export function createVitals(clock: Clock): Vitals {
  const listeners = new Set<(sign: Sign) => void>();
  const reaches = new Map<string, Reach>();
  const begun = clock.now();
  let polled: number | undefined;
  let ticked: number | undefined;
  let stored: Vitals['stored'] = { at: undefined };

  function take(sign: Sign): void {
    const now = clock.now();
    if (sign.kind === 'tick') ticked = now;
    if (sign.kind === 'telegram' && sign.method === 'getUpdates' && sign.outcome === 200) polled = now;
    if (sign.kind === 'stored')
      stored = sign.problem === undefined ? { at: now } : { at: stored.at, problem: sign.problem };
    if (sign.kind === 'google')
      reaches.set(sign.api, reachAfter(reaches.get(sign.api) ?? {}, sign.outcome, now));
  }

  return {
    notice(sign) {
      take(sign);
      for (const listener of listeners) listener(sign);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    begun,
    get polled() {
      return polled;
    },
    get ticked() {
      return ticked;
    },
    get stored() {
      return stored;
    },
    reach: (api) => reaches.get(api) ?? {},
  };
}

function reachAfter(reach: Reach, outcome: number | string, now: number): Reach {
  if (isAnswer(outcome)) return { answered: now };
  const { answered, failing } = reach;
  const why = sayOutcome(outcome);
  return {
    ...(answered !== undefined && { answered }),
    failing: { since: failing?.since ?? now, last: now, why },
  };
}

/** A refusal of one request is an answer; an API that takes none at all, or not from this account, leaves the bot blind. */
function isAnswer(outcome: number | string): boolean {
  return typeof outcome === 'number' && outcome < 500 && ![401, 403, 429].includes(outcome);
}

function sayOutcome(outcome: number | string): string {
  switch (outcome) {
    case 'timeout':
      return 'no answer in time';
    case 'lost':
      return 'no connection';
    case 'credentials':
      return 'no credentials that count';
    default:
      return `HTTP ${outcome}`;
  }
}
