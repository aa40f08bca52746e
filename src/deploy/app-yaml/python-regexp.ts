/** Python's classes, which know all scripts, for a regular expression of JavaScript's with the flag "u". */
const CLASSES: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  w: '\\p{L}\\p{N}_',
  s: '\\t-\\r\\x1c-\\x20\\x85\\p{Z}',
};
const ASCII: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_', s: '\\t-\\r\\x20' };
const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
/** What an escape stands for; digits are looked at by themselves. */
const ESCAPE =
  /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|0[0-7]{0,2}|[1-3][0-7]{2}|[1-9]\d?|[\s\S])/uy;
const QUANTIFIER = /[*+?]|\{(?:\d+(?:,\d*)?|,\d*)\}/y;
const GROUP = /\(\?(?:P<([A-Za-z_]\w*)>|P=([A-Za-z_]\w*)\)|#[^)]*\)|[:=!]|<[=!])/y;

interface Flags {
  readonly ignoreCase: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
}

/**
 * A regular expression of Python's as one of JavaScript's.
 * @returns undefined for what Python does not compile, and for the few forms that JavaScript has nothing for: atomic
 * and conditional groups, possessive repeats, flags for a part, names of characters.
 */
export function pythonRegExp(source: string): RegExp | undefined {
  const [, letters = '', rest = source] = /^\(\?([aimsux]+)\)([\s\S]*)$/.exec(source) ?? [];
  const has = (letter: string) => letters.includes(letter);
  if (has('a') && has('u')) return undefined;
  const flags = {
    ignoreCase: has('i'),
    lines: has('m'),
    dotAll: has('s'),
    verbose: has('x'),
    ascii: has('a'),
  };
  try {
    return new RegExp(translate(rest, flags), flags.ignoreCase ? 'iu' : 'u');
  } catch (error) {
    // No regular expression: that is the answer.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** How many groups it has that capture; undefined when it is no regular expression. */
export function groupsIn(source: string): number | undefined {
  const regex = pythonRegExp(source);
  return regex && (new RegExp(`${regex.source}|`, regex.flags).exec('')?.length ?? 1) - 1;
}

/** As Python's match(): from the start of the text. */
export function matchesStart(regex: RegExp): (text: string) => boolean {
  const sticky = new RegExp(regex.source, `${regex.flags}y`);
  return (text) => {
    sticky.lastIndex = 0;
    return sticky.test(text);
  };
}

/** @throws SyntaxError */
function translate(source: string, flags: Flags): string {
  let result = '';
  let at = 0;
  /** Whether a repeat may follow. */
  let repeatable = false;

  const take = (regex: RegExp): RegExpExecArray | undefined => {
    regex.lastIndex = at;
    const found = regex.exec(source) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };
  const put = (text: string, mayRepeat: boolean) => {
    result += text;
    repeatable = mayRepeat;
  };

  while (at < source.length) {
    const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
    if (flags.verbose && /[\s#]/.test(character)) {
      take(/\s+|#[^\n]*/y);
      continue;
    }
    const quantifier = take(QUANTIFIER)?.[0];
    if (quantifier !== undefined) {
      if (!repeatable) throw new SyntaxError(`nothing to repeat at ${at}`);
      // "{,3}" is from none on.
      put(quantifier.replace('{,}', '*').replace('{,', '{0,') + (take(/\?/y)?.[0] ?? ''), false);
      continue;
    }
    const group = take(GROUP);
    if (group) {
      const [whole, name, reference] = group;
      if (name !== undefined) put(`(?<${name}>`, false);
      else if (reference !== undefined) put(`\\k<${reference}>`, true);
      else if (!whole.startsWith('(?#')) put(whole, false);
      continue;
    }
    if (character === '\\') {
      put(...outside(take(ESCAPE)?.[0] ?? '\\', flags));
      continue;
    }
    at += character.length;
    if (character === '[') {
      const [set, end] = setOf(source, at, flags);
      at = end;
      put(set, true);
    } else if (character === '(' || character === '|') {
      if (source[at] === '?' && character === '(') throw new SyntaxError(`unknown group at ${at}`);
      put(character, false);
    } else if (character === '^') put(flags.lines ? '(?:^|(?<=\\n))' : '^', false);
    else if (character === '$') put(flags.lines ? '(?=\\n|$)' : '(?=\\n?$)', false);
    else if (character === '.') put(flags.dotAll ? '[\\s\\S]' : '[^\\n]', true);
    else put(character === ')' ? ')' : literal(character), true);
  }
  return result;
}

/** An escape outside of brackets, and whether a repeat may follow it. */
function outside(token: string, flags: Flags): [string, boolean] {
  const letter = token.slice(1);
  const { w = '', ...classes } = flags.ascii ? ASCII : CLASSES;
  if (letter === 'A') return ['^', false];
  if (letter === 'Z') return ['$', false];
  const edge = `(?:(?<=[${w}])(?![${w}])|(?<![${w}])(?=[${w}]))`;
  if (letter === 'b') return [edge, false];
  if (letter === 'B') return [`(?!${edge})`, false];
  if (/^[1-9]\d?$/.test(letter)) return [`(?:\\${letter})`, true];
  const named = { ...classes, w }[letter.toLowerCase()];
  if (named !== undefined) return [letter === letter.toLowerCase() ? `[${named}]` : `[^${named}]`, true];
  return [literal(characterOf(token)), true];
}

/** The set that begins at a place, and where it ends. A "]" in front is one of its characters. */
function setOf(source: string, from: number, flags: Flags): [string, number] {
  const classes = flags.ascii ? ASCII : CLASSES;
  const negated = source[from] === '^';
  let at = negated ? from + 1 : from;
  const first = at;
  const members: string[] = [];

  /** One character, or a class. */
  const member = (): { text: string; isClass: boolean } => {
    const [token] = /^(?:\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}|[\s\S])|[\s\S])/u.exec(
      source.slice(at, at + 12),
    ) ?? [''];
    if (token === '') throw new SyntaxError(`unterminated set at ${from}`);
    at += token.length;
    const letter = token.slice(1);
    const named = token.startsWith('\\') ? classes[letter.toLowerCase()] : undefined;
    if (named === undefined) {
      const character = token === '\\b' ? '\b' : token.startsWith('\\') ? characterOf(token) : token;
      return { text: literal(character), isClass: false };
    }
    if (letter === letter.toLowerCase()) return { text: named, isClass: true };
    const inverse =
      letter === 'D' && !flags.ascii ? '\\P{Nd}' : INVERSES[flags.ascii ? `a${letter}` : letter];
    return { text: inverse ?? '', isClass: true };
  };

  while (at === first || source[at] !== ']') {
    const low = member();
    if (source[at] !== '-' || source[at + 1] === ']' || at + 1 >= source.length) {
      members.push(low.text);
      continue;
    }
    at++;
    const high = member();
    if (low.isClass || high.isClass) throw new SyntaxError(`bad character range at ${at}`);
    members.push(`${low.text}-${high.text}`);
  }
  return [`[${negated ? '^' : ''}${members.join('')}]`, at + 1];
}

/** "\\S" and its like inside of brackets, where JavaScript has no word for Python's. */
const INVERSES: Readonly<Record<string, string>> = {
  W: '\\x00-\\x2f:-@\\x5b-\\x5e\\x60\\x7b-\\x7f\\p{M}\\p{P}\\p{S}\\p{Z}\\p{C}',
  S: '\\x00-\\x08\\x0e-\\x1b\\x21-\\x84\\x86-\\x9f\\p{L}\\p{N}\\p{M}\\p{P}\\p{S}\\p{Co}\\p{Cn}\\p{Cf}\\p{Cs}',
  aD: '\\x00-\\x2f:-\\u{10ffff}',
  aW: '\\x00-\\x2f:-@\\x5b-\\x5e\\x60\\x7b-\\u{10ffff}',
  aS: '\\x00-\\x08\\x0e-\\x1f\\x21-\\u{10ffff}',
};

/** What an escape that is no class stands for. @throws SyntaxError for letters that Python has no meaning for. */
function characterOf(token: string): string {
  const letter = token.slice(1);
  if (/^[xuU][\da-fA-F]+$/.test(letter)) {
    const code = Number.parseInt(letter.slice(1), 16);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
  }
  if (/^[0-7]{1,3}$/.test(letter) && Number.parseInt(letter, 8) <= 0o377) {
    return String.fromCodePoint(Number.parseInt(letter, 8));
  }
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  if (letter === '' || /^[A-Za-z\d]/.test(letter)) throw new SyntaxError(`bad escape ${token}`);
  return letter;
}

function literal(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return /^[\p{L}\p{N}]$/u.test(character) ? character : `\\u{${code.toString(16)}}`;
}
