/**
 * Aborted after so many real milliseconds, whatever becomes of it. Of AbortSignal.timeout alone Node 20 lets go when it
 * is only a part of AbortSignal.any: what waits for an answer that never comes would then wait for ever. What is
 * listened to is kept.
 */
export function timeLimit(ms: number): AbortSignal {
  const signal = AbortSignal.timeout(ms);
  signal.addEventListener('abort', () => {}, { once: true });
  return signal;
}
