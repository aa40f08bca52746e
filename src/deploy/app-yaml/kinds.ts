import { entriesOf, fault, isNull, itemsOf, type Spot, said, scalarOf, warn } from './document.ts';
import { pythonRegExp } from './python-regexp.ts';
import { pythonText } from './scalars.ts';

/** Reads one value. @throws CloudError `invalid` with file, line and key. */
export type Read<T = unknown> = (spot: Spot) => T;

/** Any single value, printed as Python prints it. */
export const text: Read<string> = (spot) => pythonText(scalarOf(spot));

/**
 * A text that fits a pattern as a whole, as Python takes it: its letters and digits are those of all scripts, and a line
 * end may follow.
 * @param what "a duration such as 10s", for the sentence.
 */
export function pattern(regex: RegExp, what: string): Read<string> {
  const whole = pythonRegExp(`^(?:${regex.source})$`);
  if (!whole) throw new Error(`${regex} is no regular expression of Python's.`);
  return (spot) => {
    const value = text(spot);
    if (whole.test(value)) return value;
    throw fault(spot, `${spot.key} must be ${what}, but ${said(spot)}.`);
  };
}

/** One of the words, translated; a word that stands for undefined is a default and is not sent. */
export function word<T>(table: Readonly<Record<string, T>>): Read<T | undefined> {
  const words = Object.keys(table);
  return (spot) => {
    const value = text(spot);
    if (Object.hasOwn(table, value)) return table[value];
    throw fault(spot, `${spot.key} must be ${anyOf(words)}, but ${said(spot)}.`);
  };
}

/** "a, b or c", for sentences. */
export function anyOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${last}` : last;
}

/** As Python has it, any text but the empty one is true, "false" in quotes included: that is worth a warning. */
export const flag: Read<boolean> = (spot) => {
  const value = scalarOf(spot);
  if (value.kind === 'bool') return value.value;
  // In Python, what is no number is true.
  const taken =
    'value' in value
      ? Boolean(value.value) || Number.isNaN(value.value)
      : value.kind !== 'null' && value.text !== '';
  warn(
    spot,
    `${spot.key} should be true or false, but ${said(spot)}; like gcloud, this takes it for ${taken}.`,
  );
  return taken;
};

export const not: Read<boolean> = (spot) => !flag(spot);

/** @param least undefined where gcloud sets no bound. */
export function whole(least?: number): Read<number> {
  return (spot) => {
    const value = scalarOf(spot);
    const number = wholeIn(value.kind === 'text' ? value.text.trim() : pythonText(value));
    if (number === undefined || value.kind === 'bool') {
      throw fault(spot, `${spot.key} must be a whole number, but ${said(spot)}.`);
    }
    if (value.kind === 'fraction') {
      warn(
        spot,
        `${spot.key} should be a whole number, but ${said(spot)}; like gcloud, this takes it for ${number}.`,
      );
    }
    if (least !== undefined && number < least) {
      throw fault(spot, `${spot.key} must be ${least} or more, but ${said(spot)}.`);
    }
    // Beyond that, JSON would carry another number.
    if (!Number.isSafeInteger(number)) throw fault(spot, `${spot.key} is too large: ${said(spot)}.`);
    return number;
  };
}

function wholeIn(printed: string): number | undefined {
  if (/^[-+]?\d+(?:_\d+)*$/.test(printed)) return Number(printed.replaceAll('_', ''));
  return /^-?\d+\.\d+$|e[-+]\d+$/.test(printed) && Number.isFinite(Number(printed))
    ? Math.trunc(Number(printed))
    : undefined;
}

export function number(range?: { readonly from: number; readonly to: number }): Read<number> {
  return (spot) => {
    const value = scalarOf(spot);
    const printed = value.kind === 'bool' ? String(Number(value.value)) : pythonText(value).trim();
    const valid = /^[-+]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(printed);
    const found = Number(printed.replaceAll('_', ''));
    if (!valid || !Number.isFinite(found)) {
      throw fault(spot, `${spot.key} must be a number, but ${said(spot)}.`);
    }
    if (range && (found < range.from || found > range.to)) {
      throw fault(spot, `${spot.key} must lie between ${range.from} and ${range.to}, but ${said(spot)}.`);
    }
    return found;
  };
}

/** A count of seconds, as Google's "60s". */
export function seconds(least: number): Read<string> {
  const read = whole(least);
  return (spot) => `${read(spot)}s`;
}

/** "30ms", "0.5s" or "automatic", which leaves it to App Engine and is not sent. */
export const latency: Read<string | undefined> = (spot) => {
  const value = pattern(
    /\d+(?:(?:\.\d{1,3})?s|ms)|automatic/,
    'a duration such as 30ms or 1.5s, or automatic',
  )(spot);
  if (value === 'automatic') return undefined;
  if (!value.endsWith('ms')) return value;
  return `${pythonText({ kind: 'fraction', value: Number(value.slice(0, -2)) / 1000 })}s`;
};

export const idleTimeout: Read<string> = (spot) => {
  const value = pattern(/\d+[sm]/, 'a duration such as 90s or 10m')(spot);
  return value.endsWith('m') ? `${Number(value.slice(0, -1)) * 60}s` : value;
};

const UNITS: Readonly<Record<string, bigint>> = { d: 86_400n, h: 3600n, m: 60n, s: 1n };

/** "4d 5h" and the like, in seconds; a bare number is seconds too. */
export const expiration: Read<string> = (spot) => {
  const value = pattern(/\s*\d+[DdHhMmSs]?(?:\s+\d+[DdHhMmSs]?)*\s*/, 'a time such as "4d 5h"')(spot);
  const parts = Array.from(value.matchAll(/(\d+)([dhms]?)/gi));
  const total = parts.reduce(
    (sum, [, count = '0', unit]) => sum + BigInt(count) * (UNITS[(unit || 's').toLowerCase()] ?? 1n),
    0n,
  );
  return `${total}s`;
};

/** A regular expression, or a list of them of which any may fit. */
export const expressions: Read<string> = (spot) => {
  if (isNull(spot))
    throw fault(spot, `${spot.key} must be a regular expression, but it is empty: delete the line.`);
  const isList = spot.node !== null && 'items' in spot.node;
  const parts = (isList ? itemsOf(spot) : [spot]).map((item) => text(item).replace(/[\r\n]/g, ''));
  return parts.join('|');
};

export function listOf<T>(read: Read<T>): Read<T[]> {
  return (spot) =>
    itemsOf(spot).map((item) => {
      if (isNull(item)) throw fault(item, `${item.key} is empty: fill it in, or delete the line.`);
      return read(item);
    });
}

/** For cron.yaml and dispatch.yaml. @throws for any value. */
export const refuseApplication: Read<never> = (spot) => {
  throw fault(
    { ...spot, node: null },
    '"application" does not belong here (the project is in GOOGLE_CLOUD_PROJECT): delete the line.',
  );
};

/** Names with texts, such as env_variables. */
export const settings: Read<Record<string, string>> = namesWith(text);

export function namesWith<T>(read: Read<T>): Read<Record<string, T>> {
  return (spot) =>
    Object.fromEntries(
      entriesOf(spot).map(({ name, spot: inner }) => {
        if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
          throw fault(
            { ...inner, node: null },
            `"${name}" in ${spot.key} is no name that App Engine takes: letters, digits and "_", no digit first.`,
          );
        }
        return [name, read(inner)] as const;
      }),
    );
}
