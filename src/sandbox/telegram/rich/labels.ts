const ROMAN: readonly (readonly [number, string])[] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
];

/** What stands before an item of a list: a dot, or its number in the list's own figures. */
export function labelOf(value: number | undefined, type: 'a' | 'A' | 'i' | 'I' | '1' = '1'): string {
  if (value === undefined) return '•';
  return `${figure(Math.trunc(value), type)}.`;
}

function figure(value: number, type: 'a' | 'A' | 'i' | 'I' | '1'): string {
  if (type === '1' || value < 1) return String(value);
  const letters = type.toLowerCase() === 'a' ? alphabetic(value) : roman(value);
  return type === type.toUpperCase() ? letters.toUpperCase() : letters;
}

/** a … z, aa, ab, … */
function alphabetic(value: number): string {
  let letters = '';
  for (let rest = value; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(97 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

function roman(value: number): string {
  if (value >= 4_000) return String(value);
  let rest = value;
  let letters = '';
  for (const [worth, letter] of ROMAN) {
    while (rest >= worth) {
      letters += letter;
      rest -= worth;
    }
  }
  return letters;
}
