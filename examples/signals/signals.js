import { INSTRUMENTS, mix, SETUPS, sessionAt } from './market.js';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** How many signals a trading day has, by a draw from 0 to 7: 4 to 7, mostly 6. */
const COUNTS = [4, 5, 5, 6, 6, 6, 7, 7];
/** Setups of a day that no session makes good. */
const POOR = 6;
/** From the opening of London to the close of New York, in minutes after midnight UTC. */
const OPEN = 7 * 60;
const CLOSE = 21 * 60;

/**
 * What comes of the model between two moments: signals, and setups that it turned down. The same for everybody who
 * asks, because a day's draw depends on its date alone; a real one would ask its database.
 * @param from and `to`: milliseconds since the epoch; what lies in (from, to]
 * @param model { perDay, floor, sessions }: signals a trading day (undefined: 4 to 7), the lowest quality that is let
 *   through, and whether it keeps to the sessions
 */
export function outcomesBetween(from, to, model) {
  const found = [];
  for (let day = Math.floor(from / DAY); day <= Math.floor(to / DAY); day++) {
    found.push(...candidatesOf(day, model).filter(({ at }) => at > from && at <= to));
  }
  return found
    .map((candidate) => ({ ...candidate, signal: candidate.quality >= model.floor }))
    .sort((a, b) => a.at - b.at);
}

/** What `GET /stats` tells of the signals up to now. */
export function statsAt(now, model) {
  const today = Math.floor(now / DAY) * DAY;
  return {
    today: summary(outcomesBetween(today - 1, now, model)),
    week: summary(outcomesBetween(now - 7 * DAY, now, model)),
  };
}

function summary(outcomes) {
  const signals = outcomes.filter(({ signal }) => signal);
  const qualities = signals.map(({ quality }) => quality);
  const sum = qualities.reduce((total, quality) => total + quality, 0);
  const bySession = {};
  for (const { session } of signals) bySession[session] = (bySession[session] ?? 0) + 1;
  return {
    signals: signals.length,
    rejected: outcomes.length - signals.length,
    outOfSession: signals.filter(({ session }) => session === 'off-hours' || session === 'weekend').length,
    quality: qualities.length === 0 ? null : { min: Math.min(...qualities), mean: sum / qualities.length },
    bySession,
  };
}

/** @param day days since the epoch */
function candidatesOf(day, { perDay, sessions }) {
  const weekday = new Date(day * DAY).getUTCDay();
  if (weekday === 0 || weekday === 6) return [];
  const count = perDay ?? COUNTS[mix(day * 7919) % COUNTS.length];
  const [open, close] = sessions ? [OPEN, CLOSE] : [0, 24 * 60];
  return Array.from({ length: count + POOR }, (_, n) => {
    const draw = mix(day * 10_007 + n);
    const good = n < count;
    // Spread over the day, each somewhere in its own part of it.
    const part = (close - open) / (good ? count : POOR);
    const minute = open + part * ((good ? n : n - count) + (draw % 1000) / 1000);
    const at = day * DAY + Math.floor(minute * MINUTE);
    const other = mix(draw);
    return {
      at,
      id: `${new Date(at).toISOString().slice(0, 10)}-${n + 1}`,
      instrument: INSTRUMENTS[other % INSTRUMENTS.length],
      setup: SETUPS[(other >>> 8) % SETUPS.length],
      direction: draw % 2 === 0 ? 'buy' : 'sell',
      quality: good ? 72 + ((other >>> 4) % 24) : 30 + ((other >>> 4) % 38),
      session: sessionAt(new Date(at)).name,
    };
  });
}
