import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiError, conflict } from './errors.ts';
import type { Ledger } from './ledger.ts';
import type { Update, UpdateContent } from './model.ts';
import type { Params } from './params.ts';
import type { Mutation } from './state.ts';

/** Seconds (Client.h, LONG_POLL_MAX_TIMEOUT). */
const MAX_TIMEOUT = 50;
/** Telegram keeps an update for a day at most (core.telegram.org/bots/api#getting-updates). */
const KEEP_MS = 24 * 60 * 60 * 1000;
/** Real milliseconds for which a second conflict is held back (Client.cpp, fail_query_conflict). */
const CONFLICT_PAUSE = 3000;

/**
 * Real milliseconds. A bot that stops hangs up its poll and asks once more, over another connection: the hanging up is to
 * be noticed first.
 */
const HANG_UP_GRACE = 30;

/** Bots hear of these only if they name them (core.telegram.org/bots/api#getupdates). */
const ONLY_ON_DEMAND = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);

const OTHER_POLL = 'terminated by other getUpdates request; make sure that only one bot instance is running';
const WEBHOOK_SET = 'terminated by setWebhook request';
const WEBHOOK_ACTIVE =
  "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

interface WaitingPoll {
  readonly offset: number;
  readonly limit: number;
  answer(updates: readonly Update[]): void;
  refuse(error: ApiError): void;
}

/** The queue of updates as getUpdates hands it out; what is confirmed is gone, the rest comes again, over restarts too. */
export class Updates {
  readonly #ledger: Ledger;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #unlisten: () => void;
  #waiting: WaitingPoll | undefined;
  #nextConflict = 0;
  #previous = { offset: 0, at: Number.NEGATIVE_INFINITY };

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#unlisten = ledger.listen((mutation) => {
      if (mutation.do === 'update') this.#wake();
    });
  }

  /** What puts an update into the queue; nothing when the bot has not asked for its kind. */
  enqueue(content: UpdateContent): Mutation[] {
    const { allowedUpdates, nextUpdateId } = this.#ledger.state;
    const [kind] = Object.keys(content);
    if (kind === undefined) return [];
    const wanted = allowedUpdates?.includes(kind) ?? !ONLY_ON_DEMAND.has(kind);
    if (!wanted) return [];
    return [{ do: 'update', update: { update_id: nextUpdateId, ...content }, at: Date.now() }];
  }

  /**
   * getUpdates. Waits for an update up to `timeout` real seconds.
   * @param signal aborts when the caller hangs up.
   * @throws ApiError 409 while a webhook is set, and, in the call that waits, when another one comes.
   */
  async get(params: Params, signal: AbortSignal): Promise<readonly Update[]> {
    if (this.#waiting !== undefined) await sleep(HANG_UP_GRACE);
    if (this.#ledger.state.webhook !== undefined) throw await this.#conflict(WEBHOOK_ACTIVE);
    const offset = params.int('offset', 0);
    let limit = params.int('limit', 100, 1, 100);
    let timeout = params.int('timeout', 0, 0, MAX_TIMEOUT);
    this.allow(params);
    // The same offset asked for in quick succession is slowed down (Client.cpp, process_get_updates_query).
    const sinceLast = performance.now() - this.#previous.at;
    if (offset === this.#previous.offset) {
      if (sinceLast < 3000) timeout = Math.max(timeout, 3);
      if (sinceLast < 500) limit = 1;
    }
    this.#previous = { offset, at: performance.now() };
    this.#confirmBelow(offset);
    const updates = this.#pending(offset, limit);
    if (updates.length > 0 || timeout === 0) return updates;
    this.#interrupt(OTHER_POLL);
    return this.#wait(offset, limit, timeout, signal);
  }

  /** `allowed_updates` is remembered until another list is given; an empty list brings the default back. */
  allow(params: Params): void {
    const kinds = params.json('allowed_updates');
    if (!Array.isArray(kinds)) return;
    const list = kinds.map(String);
    const same = JSON.stringify(this.#ledger.state.allowedUpdates ?? []) === JSON.stringify(list);
    if (!same) this.#ledger.commit({ do: 'allow', kinds: list.length === 0 ? null : list });
  }

  dropAll(): void {
    const ids = this.#ledger.state.pending.map(({ update }) => update.update_id);
    if (ids.length > 0) this.#ledger.commit({ do: 'confirm', ids });
  }

  /** A webhook is about to take over: whoever polls is told. */
  interruptForWebhook(): void {
    this.#interrupt(WEBHOOK_SET);
  }

  close(): void {
    this.#unlisten();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#waiting?.answer([]);
  }

  /** A negative offset forgets all but so many of the last updates. */
  #confirmBelow(offset: number): void {
    const { pending } = this.#ledger.state;
    const tooOld = Date.now() - KEEP_MS;
    const first = offset < 0 ? (pending.at(offset)?.update.update_id ?? 0) : offset;
    const ids = pending
      .filter(({ update, at }) => update.update_id < first || at < tooOld)
      .map(({ update }) => update.update_id);
    if (ids.length > 0) this.#ledger.commit({ do: 'confirm', ids });
  }

  #pending(offset: number, limit: number): Update[] {
    const { pending } = this.#ledger.state;
    return pending
      .map(({ update }) => update)
      .filter(({ update_id }) => update_id >= offset)
      .slice(0, limit);
  }

  #wait(offset: number, limit: number, timeout: number, signal: AbortSignal): Promise<readonly Update[]> {
    return new Promise((resolve, reject) => {
      const hangUp = () => {
        // A bot that hangs up and asks again is stopping, not spinning: it is not slowed down.
        this.#previous = { offset: 0, at: Number.NEGATIVE_INFINITY };
        poll.answer([]);
      };
      const timer = this.#later(timeout * 1000, () => poll.answer([]));
      const settle = () => {
        this.#cancel(timer);
        signal.removeEventListener('abort', hangUp);
        if (this.#waiting === poll) this.#waiting = undefined;
      };
      const poll: WaitingPoll = {
        offset,
        limit,
        answer: (updates) => {
          settle();
          resolve(updates);
        },
        refuse: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiting = poll;
      if (signal.aborted) hangUp();
      else signal.addEventListener('abort', hangUp, { once: true });
    });
  }

  #wake(): void {
    const poll = this.#waiting;
    if (poll !== undefined) poll.answer(this.#pending(poll.offset, poll.limit));
  }

  #interrupt(reason: string): void {
    const poll = this.#waiting;
    if (poll === undefined) return;
    this.#waiting = undefined;
    void this.#conflict(reason).then((error) => poll.refuse(error));
  }

  /** The first conflict is told at once; one that follows within three seconds waits that long. */
  async #conflict(reason: string): Promise<ApiError> {
    const error = conflict(reason);
    const now = performance.now();
    if (now >= this.#nextConflict) {
      this.#nextConflict = now + CONFLICT_PAUSE;
      return error;
    }
    await new Promise<void>((resolve) => {
      this.#later(CONFLICT_PAUSE, resolve);
    });
    return error;
  }

  #later(ms: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}
