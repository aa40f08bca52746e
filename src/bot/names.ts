/** Characters of a name that are shown and kept; Telegram lets it have twice 64. */
const LONGEST = 64;

/** Controls, line ends among them, and what turns the direction of the words that follow it. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
/** More marks on one letter than any language has: they would cover the lines above and below. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;

/**
 * A name as people gave it to themselves, fit to stand in the middle of a sentence and of the record: on one line, in
 * the order in which it is written, and of bounded length. Joined emoji come apart; nobody is known by them.
 */
export function cleanName(name: string): string {
  const shown = name.replace(UNSEEN, ' ').replace(PILED_MARKS, '$1').replace(/\s+/g, ' ').trim();
  const characters = [...shown];
  if (characters.length > LONGEST)
    return `${characters
      .slice(0, LONGEST - 1)
      .join('')
      .trimEnd()}…`;
  return shown === '' ? 'Somebody without a name' : shown;
}
