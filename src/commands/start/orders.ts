import type { BotParts, Doors } from '../../main.ts';
import type { ClockReading } from '../../plan/clock.ts';

/** What a bot in a process of its own is made of. Sent to it, so that no secret is in its arguments or its environment. */
export interface BotOrders extends Omit<BotParts, 'clock' | 'log' | 'peoplesClock'> {
  readonly logLevel: string;
  /** What is never to be printed. */
  readonly secrets: readonly string[];
  /** Of the sandbox, whose time it goes by; the machine's own where it is left out. */
  readonly clock?: ClockReading;
}

export type ToBot =
  | { readonly do: 'begin'; readonly orders: BotOrders }
  | { readonly do: 'follow'; readonly clock: ClockReading }
  | { readonly do: 'stop' };

/** What the terminal is told once the bot polls. */
export interface Up extends Doors {
  readonly claimCode?: string;
}

export type FromBot =
  | { readonly say: 'up'; readonly up: Up }
  /** It cannot begin or go on, for the reason in this sentence. */
  | { readonly say: 'failed'; readonly sentence: string };
