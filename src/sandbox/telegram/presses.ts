import { badRequest } from './errors.ts';
import type { Ledger } from './ledger.ts';
import type { Update } from './model.ts';
import type { Params } from './params.ts';

/**
 * Real milliseconds within which a press must be answered. Telegram does not say; bots report 5 to 20 seconds before
 * "query is too old".
 */
export const ANSWER_WITHIN = 15_000;
export const TOO_OLD = 'query is too old and response timeout expired or query ID is invalid';
/** In characters (core.telegram.org/bots/api#answercallbackquery). */
const MAX_ANSWER = 200;

export interface PressAnswer {
  readonly text?: string;
  readonly show_alert?: true;
}

interface OpenPress {
  readonly at: number;
  answered: boolean;
  tell(answer: PressAnswer): void;
}

/** The button presses that a bot may still answer. They outlive a restart, as their updates do. */
export class Presses {
  readonly #open = new Map<string, OpenPress>();
  readonly #unlisten: () => void;

  constructor(ledger: Ledger) {
    for (const { update, at } of ledger.state.pending) this.#remember(update, at);
    this.#unlisten = ledger.listen((mutation) => {
      if (mutation.do === 'update') this.#remember(mutation.update, mutation.at);
    });
  }

  /**
   * answerCallbackQuery. A second answer changes nothing.
   * @throws ApiError for an unknown or too old query.
   */
  answer(params: Params): boolean {
    const text = params.text('text');
    const press = this.#open.get(params.text('callback_query_id'));
    if (press === undefined || !this.isOpen(params.text('callback_query_id'))) throw badRequest(TOO_OLD);
    if ([...text].length > MAX_ANSWER) throw badRequest('MESSAGE_TOO_LONG');
    if (press.answered) return true;
    press.answered = true;
    press.tell({
      ...(text === '' ? {} : { text }),
      ...(params.bool('show_alert') ? { show_alert: true as const } : {}),
    });
    return true;
  }

  /** Whether a press came so recently that it may be answered. */
  isOpen(queryId: string): boolean {
    const press = this.#open.get(queryId);
    return press !== undefined && Date.now() - press.at <= ANSWER_WITHIN;
  }

  /** Resolves with the bot's answer, or with `undefined` after so many real milliseconds. */
  answerOf(queryId: string, patience: number): Promise<PressAnswer | undefined> {
    const press = this.#open.get(queryId);
    if (press === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), patience);
      timer.unref();
      press.tell = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
    });
  }

  close(): void {
    this.#unlisten();
  }

  #remember({ callback_query: query }: Update, at: number): void {
    if (query === undefined) return;
    for (const [id, press] of this.#open) {
      if (Date.now() - press.at <= ANSWER_WITHIN) break;
      this.#open.delete(id);
    }
    this.#open.set(query.id, { at, answered: false, tell: () => {} });
  }
}
