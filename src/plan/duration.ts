const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const MINUTE = UNITS.m;
export const HOUR = UNITS.h;
export const DAY = UNITS.d;

/** "30m", "1h 30m", "90s", "2d" in milliseconds; undefined when the text is none of these. */
export function parseDuration(text: string): number | undefined {
  if (!/^\s*(\d+\s*[smhd]\s*)+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)\s*([smhd])/g)) {
    ms += Number(count) * UNITS[unit as keyof typeof UNITS];
  }
  return ms;
}

/** Milliseconds as a person says them: "45 seconds", "30 minutes", "2 hours", "1 hour 30 minutes", "3 days". */
export function sayDuration(ms: number): string {
  const minutes = Math.round(ms / UNITS.m);
  if (ms < 90_000) return plural(Math.max(0, Math.round(ms / UNITS.s)), 'second');
  if (minutes < 60) return plural(minutes, 'minute');
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return plural(Math.floor(minutes / 60), 'hour') + (rest === 0 ? '' : ` ${plural(rest, 'minute')}`);
  }
  return plural(Math.round(minutes / 1440), 'day');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
