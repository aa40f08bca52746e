import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../plan/clock.ts';

/** Without 0, O, 1, I and L, which a terminal's font may not tell apart. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
/** 31^10 codes, of which a hundred may be tried. */
const LENGTH = 10;
const VALID_MS = 60 * 60_000;
const TRIES_EACH = 5;
/** So many wrong codes in all, from whomever, withdraw it. */
const TRIES = 100;

export type Checked = 'right' | 'wrong' | 'expired' | 'too many';

/** What proves in the chat that one can read the bot's terminal. */
export interface ClaimCode {
  /** "ABCDE-FGHJK". */
  readonly text: string;
  /** Case and hyphens do not matter. A wrong code counts against the person. */
  check(given: string, person: number): Checked;
}

/** Draws a code that is good for an hour of this clock. */
export function drawClaimCode(clock: Clock): ClaimCode {
  const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const right = digest(code);
  const expires = clock.now() + VALID_MS;
  const wrong = new Map<number, number>();
  let wrongInAll = 0;
  return {
    text: `${code.slice(0, 5)}-${code.slice(5)}`,
    check(given, person) {
      if (clock.now() >= expires || wrongInAll >= TRIES) return 'expired';
      const tries = wrong.get(person) ?? 0;
      if (tries >= TRIES_EACH) return 'too many';
      // Digests are of one length, so that the comparison tells nothing by its time.
      if (timingSafeEqual(digest(given.toUpperCase().replace(/[\s-]/g, '')), right)) return 'right';
      wrong.set(person, tries + 1);
      wrongInAll++;
      return 'wrong';
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
