import { setTimeout as sleep } from 'node:timers/promises';
import { badRequest } from './errors.ts';
import type { Ledger } from './ledger.ts';
import type { Update } from './model.ts';
import type { Params } from './params.ts';
import type { PendingUpdate, Webhook } from './state.ts';
import type { Updates } from './updates.ts';

/** Real milliseconds: the first pause after a failed delivery, doubled up to the longest (WebhookActor.h). */
const FIRST_RETRY = 1000;
const LAST_RETRY = 60_000;
/** Real milliseconds that a delivery may take. */
const DELIVERY_TIMEOUT = 60_000;
const DEFAULT_CONNECTIONS = 40;

/** Runs the method call that a bot may put into its answer to a webhook. */
export type AnswerCall = (call: object) => Promise<void>;

interface Taken {
  /** The method call that the bot put into its answer. */
  readonly call?: object;
}

/**
 * Delivers updates to the bot's webhook: in order within a chat (or, for button presses, a person), side by side
 * otherwise; again and again until the bot answers with 2xx.
 */
export class WebhookSender {
  readonly #ledger: Ledger;
  readonly #updates: Updates;
  readonly #log: (line: string) => void;
  readonly #unlisten: () => void;
  #busy = new Set<string>();
  #stop = new AbortController();
  #lastError: { readonly date: number; readonly message: string } | undefined;
  #answerCall: AnswerCall = async () => {};

  constructor(ledger: Ledger, updates: Updates, log: (line: string) => void) {
    this.#ledger = ledger;
    this.#updates = updates;
    this.#log = log;
    this.#unlisten = ledger.listen(({ do: what }) => {
      if (what === 'update') this.#deliver();
    });
  }

  /** Begins with what is pending from before. */
  start(answerCall: AnswerCall): void {
    this.#answerCall = answerCall;
    this.#deliver();
  }

  /** @throws ApiError for an address that is not on this machine: the sandbox sends nothing out. */
  set(params: Params): boolean {
    const url = params.text('url');
    if (url === '') return this.remove(params);
    checkAddress(url);
    const secret = params.text('secret_token');
    if (secret.length > 256) throw badRequest('secret token is too long');
    if (!/^[\w-]*$/.test(secret)) throw badRequest('secret token contains unallowed characters');
    this.#updates.interruptForWebhook();
    this.#halt();
    this.#updates.allow(params);
    if (params.bool('drop_pending_updates')) this.#updates.dropAll();
    const maxConnections = params.int('max_connections', DEFAULT_CONNECTIONS, 1, 100);
    const webhook: Webhook = { url, maxConnections, ...(secret === '' ? {} : { secret }) };
    this.#ledger.commit({ do: 'webhook', webhook });
    this.#deliver();
    return true;
  }

  remove(params: Params): boolean {
    this.#halt();
    if (params.bool('drop_pending_updates')) this.#updates.dropAll();
    if (this.#ledger.state.webhook !== undefined) this.#ledger.commit({ do: 'webhook', webhook: null });
    return true;
  }

  info(): object {
    const { webhook, pending, allowedUpdates } = this.#ledger.state;
    const failed = this.#lastError;
    return {
      url: webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: pending.length,
      ...(webhook === undefined ? {} : { max_connections: webhook.maxConnections }),
      ...(failed === undefined ? {} : { last_error_date: failed.date, last_error_message: failed.message }),
      ...(allowedUpdates === undefined ? {} : { allowed_updates: allowedUpdates }),
    };
  }

  close(): void {
    this.#unlisten();
    this.#halt();
  }

  #halt(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#busy = new Set();
    this.#lastError = undefined;
  }

  #deliver(): void {
    const { webhook, pending } = this.#ledger.state;
    if (webhook === undefined) return;
    for (const one of pending) {
      if (this.#busy.size >= webhook.maxConnections) return;
      const lane = laneOf(one.update);
      if (this.#busy.has(lane)) continue;
      this.#deliverOne(webhook, one, lane).catch((error: unknown) => {
        this.#log(`Delivery of update ${one.update.update_id} ended: ${String(error)}`);
      });
    }
  }

  async #deliverOne(webhook: Webhook, { update }: PendingUpdate, lane: string): Promise<void> {
    const busy = this.#busy;
    busy.add(lane);
    const taken = await this.#deliverUntilTaken(webhook, update);
    busy.delete(lane);
    if (taken === undefined) return;
    this.#ledger.commit({ do: 'confirm', ids: [update.update_id] });
    this.#deliver();
    if (taken.call !== undefined) await this.#answerCall(taken.call);
  }

  /** `undefined` when the webhook was changed meanwhile: the update stays in the queue. */
  async #deliverUntilTaken(webhook: Webhook, update: Update): Promise<Taken | undefined> {
    const { signal } = this.#stop;
    for (let pause = FIRST_RETRY; ; pause = Math.min(pause * 2, LAST_RETRY)) {
      try {
        const taken = await post(webhook, update, signal);
        return signal.aborted ? undefined : taken;
      } catch (error) {
        if (signal.aborted) return undefined;
        const message = error instanceof Error ? error.message : String(error);
        this.#lastError = { date: Math.floor(Date.now() / 1000), message };
        this.#log(
          `The webhook did not take update ${update.update_id}: ${message}. Next try in ${pause / 1000} s.`,
        );
        // A pause that is broken off rejects; the line below is what sees it.
        await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
        if (signal.aborted) return undefined;
      }
    }
  }
}

/** One after the other within a chat; presses go by the person who pressed (Client.cpp, webhook_queue_id). */
function laneOf(update: Update): string {
  const { message, callback_query: press } = update;
  return press === undefined ? `chat ${message?.chat.id}` : `person ${press.from.id}`;
}

/** @throws when the bot cannot be reached or does not answer with 2xx. */
async function post(webhook: Webhook, update: Update, signal: AbortSignal): Promise<Taken> {
  const response = await fetch(webhook.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(webhook.secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': webhook.secret }),
    },
    body: JSON.stringify(update),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_TIMEOUT)]),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`Wrong response from the webhook: ${response.status} ${response.statusText}`);
  if (!response.headers.get('content-type')?.startsWith('application/json') || text === '') return {};
  const call: unknown = JSON.parse(text);
  return typeof call === 'object' && call !== null && 'method' in call ? { call } : {};
}

function checkAddress(address: string): void {
  if (!URL.canParse(address)) throw badRequest('invalid webhook URL specified');
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') throw badRequest('invalid webhook URL specified');
  if (hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)) return;
  throw badRequest(`bad webhook: the sandbox delivers to this machine only, not to ${hostname}`);
}
