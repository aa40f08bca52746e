export const INSTRUMENTS = ['XAUUSD', 'EURUSD', 'GBPUSD', 'USDJPY', 'US30', 'NAS100'];
export const SETUPS = ['breakout', 'pullback', 'range fade', 'trend day'];
const PER_INSTRUMENT = 4;

/** Hours in UTC, the first that fits counts. London and New York overlap when most is traded. */
const SESSIONS = [
  { name: 'london-new-york', from: 12, to: 16, weight: 1 },
  { name: 'london', from: 7, to: 12, weight: 0.9 },
  { name: 'new-york', from: 16, to: 21, weight: 0.85 },
  { name: 'tokyo', from: 0, to: 7, weight: 0.7 },
];
const QUIET = { name: 'off-hours', weight: 0.5 };

export function sessionAt(time) {
  const day = time.getUTCDay();
  const hour = time.getUTCHours();
  if (day === 6 || (day === 0 && hour < 22) || (day === 5 && hour >= 22))
    return { ...QUIET, name: 'weekend' };
  return SESSIONS.find(({ from, to }) => hour >= from && hour < to) ?? QUIET;
}

/**
 * The setups of the hour, the same for everybody who asks within it. Quality is the setup's own score, weighted by
 * how much is traded in the session.
 */
export function setupsAt(time) {
  const session = sessionAt(time);
  const hour = Math.floor(time.getTime() / 3_600_000);
  return INSTRUMENTS.flatMap((instrument, i) =>
    Array.from({ length: PER_INSTRUMENT }, (_, n) => {
      const id = i * PER_INSTRUMENT + n + 1;
      const draw = mix(hour * 1009 + id);
      return {
        id,
        instrument,
        setup: SETUPS[n],
        direction: draw % 2 === 0 ? 'buy' : 'sell',
        quality: Math.round((35 + (draw % 6500) / 100) * session.weight),
        session: session.name,
        expires: new Date((hour + 1) * 3_600_000).toISOString(),
      };
    }),
  );
}

/** A 32-bit integer hash: neighbours in, strangers out. */
export function mix(n) {
  let h = n >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  return (h ^ (h >>> 16)) >>> 0;
}
