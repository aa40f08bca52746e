/**
 * A regular expression of Python's as one of JavaScript's: both are alike but for named groups, flags in front, and the
 * ends of the text. @returns undefined when it is none.
 */
export function pythonRegExp(source: string): RegExp | undefined {
  const [, letters = '', rest = source] = /^\(\?([aimsux]+)\)([\s\S]*)$/.exec(source) ?? [];
  const flags = Array.from(new Set(letters)).filter((f) => 'ims'.includes(f));
  const translated = rest
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$(?![\\s\\S])');
  try {
    return new RegExp(translated, flags.join(''));
  } catch {
    // No regular expression: that is the answer.
    return undefined;
  }
}

/** How many groups it has that capture; undefined when it is no regular expression. */
export function groupsIn(source: string): number | undefined {
  const regex = pythonRegExp(`${source}|`);
  return regex ? (regex.exec('')?.length ?? 1) - 1 : undefined;
}

/** As Python's match(): from the start of the text. */
export function matchesStart(regex: RegExp): (text: string) => boolean {
  const sticky = new RegExp(regex.source, `${regex.flags}y`);
  return (text) => {
    sticky.lastIndex = 0;
    return sticky.test(text);
  };
}
