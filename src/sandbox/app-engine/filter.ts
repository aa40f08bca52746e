import { badField, type Refusal } from './refusal.ts';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | ':' | '=~' | '!~' | Call;
/** Functions that stand where a value does, in Monitoring's filters. */
type Call = 'starts_with' | 'ends_with' | 'has_substring' | 'monitoring.regex.full_match';

export interface Comparison {
  readonly kind: 'compare';
  /** `resource.labels.module_id` in parts. */
  readonly path: readonly string[];
  readonly operator: Operator;
  readonly value: string;
}

export type Filter =
  | Comparison
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  /** A value by itself: Logging finds it anywhere in the entry. */
  | { readonly kind: 'text'; readonly value: string };

interface Token {
  readonly kind: 'word' | 'string' | 'sign';
  readonly text: string;
}

const TOKEN =
  /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(=~|!~|!=|<=|>=|[=<>:(),])|(-(?=[A-Za-z(]))|([^\s"'=<>!:(),~]+))/y;
const OPERATORS = new Set(['=', '!=', '<', '<=', '>', '>=', ':', '=~', '!~']);
const PATTERNS = new Set<Operator>(['=~', '!~', 'monitoring.regex.full_match']);
const CALLS = new Set(['starts_with', 'ends_with', 'has_substring', 'monitoring.regex.full_match']);

/**
 * The filter language that Logging and Monitoring share: comparisons joined by AND (or by nothing), OR, NOT and
 * parentheses; OR binds tighter than AND. `path=("a" OR "b")` and `path=one_of("a","b")` are alternatives.
 * @throws Refusal INVALID_ARGUMENT that shows where it stopped to make sense
 */
export function parseFilter(text: string): Filter {
  const tokens = tokenize(text);
  let at = 0;
  const filter = tokens.length === 0 ? { kind: 'and' as const, parts: [] } : conjunction();
  if (at < tokens.length) throw unexpected();
  return filter;

  function conjunction(): Filter {
    const parts = [disjunction()];
    while (at < tokens.length && !isSign(')')) {
      if (isWord('AND')) at++;
      parts.push(disjunction());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  function disjunction(): Filter {
    const parts = [term()];
    while (isWord('OR')) {
      at++;
      parts.push(term());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  function term(): Filter {
    if (isWord('NOT') || isSign('-')) {
      at++;
      return { kind: 'not', part: term() };
    }
    if (isSign('(')) {
      at++;
      const inner = conjunction();
      expect(')');
      return inner;
    }
    const name = next();
    if (name.kind === 'sign') throw unexpected(-1);
    const sign = tokens[at];
    if (sign?.kind !== 'sign' || !OPERATORS.has(sign.text)) return { kind: 'text', value: name.text };
    at++;
    return alternatives(splitPath(name.text), sign.text as Operator);
  }

  function alternatives(path: readonly string[], operator: Operator): Filter {
    if (isSign('(')) {
      at++;
      const parts: Filter[] = [];
      let joint: 'and' | 'or' = 'or';
      while (!isSign(')')) {
        if (isWord('OR') || isWord('AND')) joint = next().text === 'AND' ? 'and' : 'or';
        else parts.push(comparison(path, operator));
      }
      expect(')');
      return { kind: joint, parts };
    }
    const word = tokens[at];
    const call = word?.kind === 'word' && tokens[at + 1]?.text === '(' ? word.text : undefined;
    if (call === undefined) return comparison(path, operator);
    if (call !== 'one_of' && !CALLS.has(call)) throw unexpected();
    at += 2;
    const by = call === 'one_of' ? '=' : (call as Call);
    const parts = [comparison(path, by)];
    while (isSign(',')) {
      at++;
      parts.push(comparison(path, by));
    }
    expect(')');
    const some: Filter = { kind: 'or', parts };
    return operator === '!=' ? { kind: 'not', part: some } : some;
  }

  function comparison(path: readonly string[], operator: Operator): Comparison {
    const token = next();
    if (token.kind === 'sign') throw unexpected(-1);
    if (PATTERNS.has(operator) && !isPattern(token.text))
      throw fault(`'${token.text}' is no regular expression`);
    return { kind: 'compare', path, operator, value: token.text };
  }

  function next(): Token {
    const token = tokens[at++];
    if (!token) throw fault('it ends too early');
    return token;
  }

  function expect(sign: string): void {
    if (!isSign(sign)) throw unexpected();
    at++;
  }

  function isWord(word: string): boolean {
    return tokens[at]?.kind === 'word' && tokens[at]?.text === word;
  }

  function isSign(sign: string): boolean {
    return tokens[at]?.kind === 'sign' && tokens[at]?.text === sign;
  }

  function unexpected(offset = 0): Refusal {
    const token = tokens[at + offset];
    return fault(token ? `'${token.text}' was not expected there` : 'it ends too early');
  }

  function fault(what: string): Refusal {
    return badField('filter', `Unparseable filter: ${what}. The filter: ${text}`);
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (scanner.lastIndex < end) {
    const from = scanner.lastIndex;
    const match = scanner.exec(text);
    if (!match)
      throw badField('filter', `Unparseable filter at "${text.slice(from, from + 20)}". The filter: ${text}`);
    const [, double, single, sign, minus, word] = match;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: 'string', text: quoted.replace(/\\(.)/g, '$1') });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: sign ?? minus ?? '' });
  }
  return tokens;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    // Only a malformed pattern is thrown here; the caller says so.
    return false;
  }
}

function splitPath(path: string): string[] {
  return path.split('.').map((part, i) => (i === 1 && part === 'label' ? 'labels' : part));
}

/** @param test says whether one comparison, or a text by itself, holds */
export function holds(
  filter: Filter,
  test: (one: Comparison | { kind: 'text'; value: string }) => boolean,
): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => holds(part, test));
    case 'or':
      return filter.parts.some((part) => holds(part, test));
    case 'not':
      return !holds(filter.part, test);
    default:
      return test(filter);
  }
}

/** The comparisons that must all hold whatever else does. */
export function required(filter: Filter): Comparison[] {
  if (filter.kind === 'compare') return [filter];
  return filter.kind === 'and' ? filter.parts.flatMap(required) : [];
}

/** Every comparison in the filter. */
export function comparisons(filter: Filter): Comparison[] {
  switch (filter.kind) {
    case 'compare':
      return [filter];
    case 'not':
      return comparisons(filter.part);
    case 'text':
      return [];
    default:
      return filter.parts.flatMap(comparisons);
  }
}

/** Compares as numbers where both are some, else as text. */
export function compare(actual: string, operator: Operator, wanted: string): boolean {
  switch (operator) {
    case '=':
      return actual === wanted;
    case '!=':
      return actual !== wanted;
    case ':':
    case 'has_substring':
      return actual.toLowerCase().includes(wanted.toLowerCase());
    case '=~':
      return new RegExp(wanted).test(actual);
    case '!~':
      return !new RegExp(wanted).test(actual);
    case 'starts_with':
      return actual.startsWith(wanted);
    case 'ends_with':
      return actual.endsWith(wanted);
    case 'monitoring.regex.full_match':
      return new RegExp(`^(?:${wanted})$`).test(actual);
    default:
      return inOrder(actual, operator, wanted);
  }
}

function inOrder(actual: string, operator: '<' | '<=' | '>' | '>=', wanted: string): boolean {
  const [a, b] = [Number(actual), Number(wanted)];
  const sign = Number.isNaN(a) || Number.isNaN(b) ? (actual < wanted ? -1 : actual > wanted ? 1 : 0) : a - b;
  if (operator === '<') return sign < 0;
  if (operator === '<=') return sign <= 0;
  return operator === '>' ? sign > 0 : sign >= 0;
}
