import type { Context, MiddlewareFn, Transformer } from 'grammy';
import type { TapResult, Vitals } from './vitals.ts';

/** Tells the vitals how each request to Telegram ended. To be installed first, so that it sees every attempt. */
export function hearTelegram(vitals: Vitals): Transformer {
  return async (prev, method, payload, signal) => {
    try {
      const reply = await prev(method, payload, signal);
      vitals.notice({ kind: 'telegram', method, outcome: reply.ok ? 200 : reply.error_code });
      return reply;
    } catch (error) {
      // Whoever stops a poll wants no answer to it.
      if (!signal?.aborted) vitals.notice({ kind: 'telegram', method, outcome: 'lost' });
      throw error;
    }
  };
}

/** Times taps, from when they came up to Telegram's word that their answer is shown. */
export function timeTaps<C extends Context>(vitals: Vitals): MiddlewareFn<C> {
  return async (ctx, next) => {
    if (!ctx.callbackQuery) return next();
    const begun = performance.now();
    let result: TapResult = 'dialogue';
    let seconds: number | undefined;
    ctx.api.config.use(async (prev, method, payload, signal) => {
      const reply = await prev(method, payload, signal);
      if (method === 'answerCallbackQuery') {
        seconds ??= (performance.now() - begun) / 1_000;
        result = 'show_alert' in payload && payload.show_alert ? 'refused' : 'taken';
      }
      return reply;
    });
    try {
      await next();
    } catch (error) {
      result = 'failed';
      throw error;
    } finally {
      vitals.notice({ kind: 'tap', result, seconds: seconds ?? (performance.now() - begun) / 1_000 });
    }
  };
}

/** By these it is known whether Telegram can be reached; whatever else fails is tried again by whoever asked. */
const POLLING: readonly string[] = ['getMe', 'getUpdates'];

/** Notes once that Telegram is out of reach, and once that it is back: the chat cannot be told. @returns what ends it. */
export function noteSilence(vitals: Vitals, note: (details: object, message: string) => void): () => void {
  let silent = false;
  return vitals.listen((sign) => {
    if (sign.kind !== 'telegram' || !POLLING.includes(sign.method)) return;
    const { method, outcome } = sign;
    const failed = outcome === 'lost' || outcome >= 500;
    if (failed && !silent) note({ method, outcome }, 'Telegram is out of reach');
    if (!failed && silent) note({}, 'Telegram is within reach again');
    silent = failed;
  });
}
