import { tooManyRequests } from './errors.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

/** How many sends and edits are taken; what is left out is not limited. */
export interface FloodBudget {
  /** Of each group, within any 60 seconds. */
  readonly perChatPerMinute?: number;
  /** Of each chat, within any second. */
  readonly perChatPerSecond?: number;
  /** Of all chats together, within any second. */
  readonly perSecond?: number;
}

/**
 * What Telegram's FAQ names (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). The true figures are
 * not published: a short burst into one chat may pass there, and does not here.
 */
export const REAL_FLOOD: FloodBudget = { perChatPerMinute: 20, perChatPerSecond: 1, perSecond: 30 };

interface Window {
  readonly key: string;
  readonly budget: number;
  readonly length: number;
}

/** Telegram's budgets, by real time. */
export class Flood {
  readonly #limit: FloodBudget;
  readonly #now: () => number;
  readonly #spent = new Map<string, number[]>();

  /** @param now reads real milliseconds that never go back. */
  constructor(limit: FloodBudget | 'off', now: () => number = () => performance.now()) {
    this.#limit = limit === 'off' ? {} : limit;
    this.#now = now;
  }

  /**
   * Counts one send or edit, unless it is one too many.
   * @throws ApiError 429, with the seconds until there is room again.
   */
  spend(chatId: number, isGroup: boolean): void {
    const now = this.#now();
    const windows = this.#windows(chatId, isGroup);
    const waits = windows.map((window) => this.#wait(window, now));
    const longest = Math.max(0, ...waits);
    if (longest > 0) throw tooManyRequests(Math.ceil(longest / SECOND));
    for (const { key } of windows) this.#spent.get(key)?.push(now);
  }

  #windows(chatId: number, isGroup: boolean): Window[] {
    const { perChatPerMinute: minute, perChatPerSecond: second, perSecond: all } = this.#limit;
    return [
      ...(isGroup && minute !== undefined
        ? [{ key: `${chatId} minute`, budget: minute, length: MINUTE }]
        : []),
      ...(second === undefined ? [] : [{ key: `${chatId} second`, budget: second, length: SECOND }]),
      ...(all === undefined ? [] : [{ key: 'all', budget: all, length: SECOND }]),
    ];
  }

  /** Real milliseconds until the window has room; 0 when it has. */
  #wait({ key, budget, length }: Window, now: number): number {
    const recent = (this.#spent.get(key) ?? []).filter((at) => now - at < length);
    this.#spent.set(key, recent);
    const oldest = recent[0];
    return oldest === undefined || recent.length < budget ? 0 : oldest + length - now;
  }
}
