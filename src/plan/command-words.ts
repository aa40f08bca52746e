import { VARIABLES } from './variables.ts';

/** A program and what it is given; each word is literal text and variables in turn. */
type Word = readonly (string | { readonly variable: string })[];

export type Split = { readonly words: readonly Word[] } | { readonly fault: string };

/** What the shell would make more of than a word. */
const OPERATORS = /[|&;<>()`\n*?[\]]/;
/** These are the shell's own; there is no program of that name that would do the same. */
const BUILT_INS =
  /^(\.|:|cd|eval|exec|exit|export|for|if|read|set|shift|source|trap|ulimit|umask|unset|until|wait|while|case|!|\{)$/;

/**
 * Takes a command apart as a shell does, without one: words by blanks, quotes and backslashes, `$NAME` of a rollout's
 * {@link VARIABLES}. What a variable holds is never taken apart again, whoever wrote it.
 * @returns a fault, as it follows "but", for what only a shell could do.
 */
export function splitCommand(text: string): Split {
  const words: Word[] = [];
  let word: (string | { variable: string })[] | undefined;
  let rest = text;
  const put = (part: string | { variable: string }) => {
    word ??= [];
    word.push(part);
  };
  const end = () => {
    if (word) words.push(word);
    word = undefined;
  };

  while (rest !== '') {
    const [char = ''] = rest;
    if (/\s/.test(char) && char !== '\n') {
      end();
      rest = rest.slice(1);
    } else if (char === "'") {
      const close = rest.indexOf("'", 1);
      if (close < 0) return { fault: 'a single quote is not closed' };
      put(rest.slice(1, close));
      rest = rest.slice(close + 1);
    } else if (char === '"') {
      const quoted = readQuoted(rest);
      if ('fault' in quoted) return quoted;
      put('');
      for (const part of quoted.parts) put(part);
      rest = rest.slice(quoted.length);
    } else if (char === '\\') {
      if (rest.length === 1 || rest[1] === '\n') return { fault: 'it ends a line with a backslash' };
      put(rest[1] ?? '');
      rest = rest.slice(2);
    } else if (char === '$') {
      const found = readVariable(rest);
      if ('fault' in found) return found;
      put(found);
      rest = rest.slice(found.length);
    } else if (OPERATORS.test(char) || ((char === '#' || char === '~') && !word)) {
      return { fault: `only a shell understands its ${char === '\n' ? 'second line' : char}` };
    } else {
      const plain = /^[^\s'"\\$|&;<>()`*?[\]]+/.exec(rest)?.[0] ?? char;
      put(plain);
      rest = rest.slice(plain.length);
    }
  }
  end();
  return checkFirst(words);
}

/** The words as a program gets them. A variable that is not known yet is empty. */
export function fillWords(words: readonly Word[], env: Readonly<Record<string, string>>): string[] {
  return words.map((word) =>
    word.map((part) => (typeof part === 'string' ? part : (env[part.variable] ?? ''))).join(''),
  );
}

function checkFirst(words: readonly Word[]): Split {
  const first = words[0];
  const program = first?.length === 1 ? first[0] : undefined;
  if (typeof program !== 'string') return first ? { words } : { fault: 'it names no program' };
  if (/^[A-Za-z_]\w*=/.test(program)) return { fault: `only a shell understands ${program}` };
  return BUILT_INS.test(program) ? { fault: `only a shell has ${program}` } : { words };
}

interface Found {
  readonly variable: string;
  readonly length: number;
}

function readVariable(text: string): Found | { readonly fault: string } {
  const [whole, braced, bare] = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/.exec(text) ?? [];
  const variable = braced ?? bare;
  if (whole === undefined || variable === undefined) return { fault: 'only a shell understands its $' };
  if (!VARIABLES.some((name) => name === variable))
    return { fault: `only a shell knows $${variable}; a rollout's variables are ${VARIABLES.join(', ')}` };
  return { variable, length: whole.length };
}

/** @param text begins with the double quote. */
function readQuoted(
  text: string,
):
  | { readonly parts: (string | { variable: string })[]; readonly length: number }
  | { readonly fault: string } {
  const parts: (string | { variable: string })[] = [];
  let at = 1;
  for (;;) {
    const char = text[at];
    if (char === undefined) return { fault: 'a double quote is not closed' };
    if (char === '"') return { parts, length: at + 1 };
    if (char === '`') return { fault: 'only a shell understands its `' };
    if (char === '$') {
      const found = readVariable(text.slice(at));
      if ('fault' in found) return found;
      parts.push(found);
      at += found.length;
    } else if (char === '\\' && /["\\$`]/.test(text[at + 1] ?? '')) {
      parts.push(text[at + 1] ?? '');
      at += 2;
    } else {
      parts.push(char);
      at++;
    }
  }
}
