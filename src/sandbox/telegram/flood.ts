import { tooManyRequests } from './errors.ts';

const MINUTE = 60_000;

/**
 * Telegram's budget per group: so many sends and edits within any 60 seconds. The true figures are not published; the FAQ
 * names 20 a minute (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
 */
export class Flood {
  readonly #budget: number;
  readonly #spent = new Map<number, number[]>();

  constructor(limit: { readonly perChatPerMinute: number } | 'off') {
    this.#budget = limit === 'off' ? Number.POSITIVE_INFINITY : limit.perChatPerMinute;
  }

  /** Counts one send or edit. @throws ApiError 429, with the seconds until there is room again. */
  spend(chatId: number): void {
    if (this.#budget === Number.POSITIVE_INFINITY) return;
    const now = performance.now();
    const recent = (this.#spent.get(chatId) ?? []).filter((at) => now - at < MINUTE);
    this.#spent.set(chatId, recent);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= this.#budget) {
      throw tooManyRequests(Math.ceil((oldest + MINUTE - now) / 1000));
    }
    recent.push(now);
  }
}
