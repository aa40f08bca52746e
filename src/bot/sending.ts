import { setTimeout as pause } from 'node:timers/promises';
import { HttpError, type Transformer } from 'grammy';

/** A send that Telegram has not answered by then is given up. */
const TIMEOUT_MS = 15_000;
const ATTEMPTS = 4;
/** A flood wait longer than this is not sat out: whoever sends must decide. */
const LONGEST_WAIT_S = 90;

/**
 * Carries every call to Telegram: waits out flood limits, one chat not holding up another, and tries again where the
 * call cannot have arrived. A call whose answer was lost may have arrived, so it is only tried again if doing it twice
 * is the same as once. What is sent to a group that has become a supergroup goes there; its old messages stay behind.
 */
export function carefulSending(): Transformer {
  const waits = new Map<string, Promise<unknown>>();
  /** New numbers of groups, by the old ones, as Telegram told them. */
  const moved = new Map<unknown, number>();

  return (prev, method, payload, signal) => {
    if (method === 'getUpdates') return prev(method, payload, signal);
    const attempt = async () => {
      const from = (payload as { chat_id?: unknown }).chat_id;
      const call = () => {
        const to = method.startsWith('send') ? moved.get(from) : undefined;
        const there = to === undefined ? payload : { ...payload, chat_id: to };
        return tryCall(method, () => prev(method, there, deadline(signal)));
      };
      const reply = await call();
      // A tap that waited longer than the phone did is worked off all the same.
      if (isLateAnswer(reply)) return { ok: true, result: true } as typeof reply;
      const to = reply.ok ? undefined : reply.parameters?.migrate_to_chat_id;
      if (to === undefined) return reply;
      moved.set(from, to);
      return method.startsWith('send') ? call() : reply;
    };
    // A tap must be answered at once, whatever else is queued for the chat.
    const chat = (payload as { chat_id?: number | string }).chat_id;
    if (chat === undefined) return attempt();
    const key = String(chat);
    const turn = (waits.get(key) ?? Promise.resolve()).then(attempt, attempt);
    const settled = turn.catch(() => {});
    waits.set(key, settled);
    settled.then(() => waits.get(key) === settled && waits.delete(key));
    return turn;
  };
}

type Reply<T> =
  | { ok: true; result: T }
  | {
      ok: false;
      parameters?: { retry_after?: number; migrate_to_chat_id?: number };
      error_code: number;
      description: string;
    };

async function tryCall<R extends Reply<unknown>>(method: string, call: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await call();
      const wait = reply.ok ? undefined : reply.parameters?.retry_after;
      if (wait === undefined || wait > LONGEST_WAIT_S || attempt === ATTEMPTS) return reply;
      await pause(wait * 1000);
    } catch (error) {
      if (attempt === ATTEMPTS || !(neverArrived(error) || isIdempotent(method))) throw error;
      await pause(500 * 2 ** attempt);
    }
  }
}

function isLateAnswer(reply: Reply<unknown>): boolean {
  return !reply.ok && reply.error_code === 400 && /query is too old/.test(reply.description);
}

function deadline(signal: Parameters<Transformer>[3]): Parameters<Transformer>[3] {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const own = signal as AbortSignal | undefined;
  // grammY types the signal of its own polyfill; Node's is the same at run time.
  return (own ? AbortSignal.any([own, timeout]) : timeout) as unknown as Parameters<Transformer>[3];
}

function isIdempotent(method: string): boolean {
  return !method.startsWith('send');
}

/** The connection was never made. */
function neverArrived(error: unknown): boolean {
  const cause = error instanceof HttpError ? (error.error as { code?: string; errno?: string }) : undefined;
  const code = cause?.code ?? cause?.errno ?? '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code);
}
