import { setTimeout as pause } from 'node:timers/promises';
import { HttpError, type Transformer } from 'grammy';
import type { Update } from 'grammy/types';
import { timeLimit } from '../plan/time-limit.ts';
import { type Attempt, createChatLines, type Urgency } from './chat-lines.ts';
import { fitCall, fitHtml, LONGEST } from './fit-text.ts';
import { html, shorten } from './html.ts';
import { createMoves, type Moves } from './moves.ts';
import { createSeenChats, type Seen, type SeenChats } from './seen.ts';

/** An attempt that Telegram has not answered by then is given up, in real milliseconds. */
const TIMEOUT_MS = 15_000;
const ATTEMPTS = 4;
/** A flood wait longer than this is not sat out: whoever sends must decide. */
const LONGEST_WAIT_S = 90;

const ORDERS = Symbol('orders');

/** How a call is to travel. */
export interface Orders {
  /** Absent: as what people asked for. */
  readonly urgency?: Urgency;
  /**
   * Done when it is the call's turn in the chat, right before it and each time that it is made once more: nothing else
   * of ours reaches the chat in between. What it throws, the call throws.
   */
  readonly before?: (seen: Seen) => Promise<void> | void;
}

/** Sends orders along with the parameters of a call. They stand under a symbol, which never leaves for Telegram. */
export function withOrders<P extends object>(orders: Orders, other: P): P {
  return { ...other, [ORDERS]: orders };
}

/**
 * Carries every call to Telegram: waits out flood limits, one chat not holding up another and questions first, and tries
 * again where the call cannot have arrived. A call whose answer was lost may have arrived, so it is only tried again if
 * doing it twice is the same as once. What is sent to a group that has become a supergroup goes there, and what is sent
 * to a topic that is closed or gone goes to the group, and says so. A tap's answer that comes too late is answered with
 * false, where Telegram would refuse it.
 */
export function carefulSending(moves: Moves = createMoves()): Transformer {
  const lines = createChatLines();
  const seen = createSeenChats();

  return async (prev, method, payload, signal) => {
    // grammY types the signal of its own polyfill; Node's is the same at run time.
    const off = signal as AbortSignal | undefined;
    const call = (parameters: object, off?: AbortSignal) =>
      tryCall(method, () => prev(method, parameters as typeof payload, deadline(off)), off);
    if (method === 'getUpdates') {
      const reply = await prev(method, payload, signal);
      if (reply.ok) for (const update of reply.result as Update[]) await noteUpdate(update, seen, moves);
      return reply;
    }
    const { [ORDERS]: orders = {}, ...given } = payload as Given;
    const parameters: Said = fitCall(method, given);
    const { chat_id: chat } = parameters;
    // A tap must be answered at once, whatever else is queued for the chat.
    if (typeof chat !== 'number') {
      const reply = await outwait(() => call(parameters, off));
      return isLateAnswer(reply) ? ({ ok: true, result: false } as unknown as typeof reply) : reply;
    }

    let reply: Awaited<ReturnType<typeof call>> | undefined;
    let attempts = 0;
    const attempt = async (): Promise<Attempt> => {
      const sends = method.startsWith('send');
      const at = sends ? moves.follow(chat) : chat;
      await orders.before?.(seen.in(at));
      reply = await call({ ...parameters, chat_id: at });
      attempts++;
      const to = reply.ok ? undefined : reply.parameters?.migrate_to_chat_id;
      if (to !== undefined) await moves.note(at, to);
      if (sends && to !== undefined && attempts < ATTEMPTS) return { again: 0 };
      if (sends && isTopicShut(reply))
        reply = await call(outsideTopic({ ...parameters, chat_id: moves.follow(at) }));
      if (reply.ok) noteSent(seen, reply.result);
      const wait = floodWait(reply);
      return wait === undefined || attempts === ATTEMPTS ? { done: true } : { again: wait };
    };
    await lines.run(String(moves.follow(chat)), orders.urgency ?? 'talk', attempt, off);
    if (!reply) throw new Error(`${method} ended without an answer.`);
    return reply;
  };
}

/**
 * For dialogues, whose edits only make an answered question say so: the answer counts, whether or not it can be shown. An
 * edit that changes nothing is done: after a crash Telegram hands the update over again, and the edit stands already.
 * @param failed told of what could not be shown.
 */
export function forgivingEdits(failed: (what: string, error: unknown) => void): Transformer {
  return async (prev, method, payload, signal) => {
    if (!method.startsWith('edit')) return prev(method, payload, signal);
    const done = { ok: true, result: true } as unknown as Awaited<ReturnType<typeof prev<typeof method>>>;
    try {
      const reply = await prev(method, payload, signal);
      if (!reply.ok && !isUnchanged(reply))
        failed('a question that was answered', new Error(reply.description));
      return done;
    } catch (error) {
      failed('a question that was answered', error);
      return done;
    }
  };
}

interface Said {
  readonly chat_id?: unknown;
  readonly message_thread_id?: number;
  readonly text?: string;
  readonly caption?: string;
  readonly parse_mode?: string;
}

type Given = Said & { readonly [ORDERS]?: Orders };

type Reply<T> =
  | { ok: true; result: T }
  | {
      ok: false;
      parameters?: { retry_after?: number; migrate_to_chat_id?: number };
      error_code: number;
      description: string;
    };

/** Tries again what did not arrive, and what may arrive twice. @param off nobody wants it any more. */
async function tryCall<R extends Reply<unknown>>(
  method: string,
  call: () => Promise<R>,
  off: AbortSignal | undefined,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await call();
      // The edit before it did arrive.
      return attempt > 1 && isUnchanged(reply) ? ({ ok: true, result: true } as R) : reply;
    } catch (error) {
      const mayAgain = neverArrived(error) || isIdempotent(method);
      if (attempt === ATTEMPTS || !mayAgain || off?.aborted) throw error;
      await pause(500 * 2 ** attempt);
    }
  }
}

async function outwait<R extends Reply<unknown>>(call: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    const reply = await call();
    const wait = floodWait(reply);
    if (wait === undefined || attempt === ATTEMPTS) return reply;
    await pause(wait * 1000);
  }
}

/** Real seconds to be sat out; undefined where there is nothing to wait for, or it is too long. */
function floodWait(reply: Reply<unknown>): number | undefined {
  const wait = reply.ok ? undefined : reply.parameters?.retry_after;
  return wait !== undefined && wait <= LONGEST_WAIT_S ? wait : undefined;
}

function isUnchanged(reply: Reply<unknown>): boolean {
  return !reply.ok && /message is not modified/.test(reply.description);
}

function isLateAnswer(reply: Reply<unknown>): boolean {
  return !reply.ok && reply.error_code === 400 && /query is too old/.test(reply.description);
}

/** Telegram's words for a topic that was deleted and for one that is closed. */
function isTopicShut(reply: Reply<unknown>): boolean {
  return !reply.ok && /message thread not found|TOPIC_(CLOSED|DELETED)/i.test(reply.description);
}

/** The same, to the group as a whole, with a line that says why it stands there. */
function outsideTopic({ message_thread_id: _, ...rest }: Said): Said {
  const why = 'The topic that this belongs to is closed or gone, so it stands here.';
  const field = rest.text === undefined ? 'caption' : 'text';
  const said = rest[field];
  if (said === undefined) return rest;
  const line = rest.parse_mode === 'HTML' ? html`\n<i>${why}</i>`.text : `\n${why}`;
  const cut = rest.parse_mode === 'HTML' ? fitHtml : shorten;
  return { ...rest, [field]: cut(said, LONGEST[field] - why.length - 1) + line };
}

async function noteUpdate({ message, callback_query }: Update, seen: SeenChats, moves: Moves): Promise<void> {
  const heard = message ?? callback_query?.message;
  if (heard) seen.note(heard.chat.id, heard.message_id, false);
  if (message?.migrate_to_chat_id !== undefined)
    await moves.note(message.chat.id, message.migrate_to_chat_id);
}

function noteSent(seen: SeenChats, result: unknown): void {
  if (typeof result !== 'object' || result === null || !('message_id' in result) || !('chat' in result))
    return;
  const { message_id: id, chat } = result as { message_id: number; chat: { id: number } };
  seen.note(chat.id, id, true);
}

/** Each attempt has its own: what was never answered may be answered the next time. */
function deadline(off: AbortSignal | undefined): NodeSignal {
  const timeout = timeLimit(TIMEOUT_MS);
  return (off ? AbortSignal.any([off, timeout]) : timeout) as unknown as NodeSignal;
}

type NodeSignal = Parameters<Transformer>[3];

function isIdempotent(method: string): boolean {
  return !method.startsWith('send');
}

/** The connection was never made. */
function neverArrived(error: unknown): boolean {
  const cause = error instanceof HttpError ? (error.error as { code?: string; errno?: string }) : undefined;
  const code = cause?.code ?? cause?.errno ?? '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code);
}
