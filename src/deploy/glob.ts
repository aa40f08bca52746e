/**
 * A pattern of .gcloudignore. gcloud matches from the end of the path: without a slash in front, or `**`, a pattern fits
 * at any depth, even with slashes inside; git ties such a one to the top.
 */
export interface Glob {
  /** @param path inside the source folder, with forward slashes and none at the end. */
  matches(path: string, isFolder: boolean): boolean;
}

/** @returns undefined for a line that says nothing: an empty one, or one that ends in half an escape. */
export function parseGlob(line: string): Glob | undefined {
  const foldersOnly = line.endsWith('/');
  const trimmed = withoutSpaces(foldersOnly ? line.slice(0, -1) : line);
  if (/(?<!\\)\\(?:\\\\)*$/.test(trimmed)) return undefined;
  const pattern = trimmed.replace(/\\([^\\])/g, '$1').replaceAll('\\\\', '\\');
  if (pattern === '') return undefined;
  const parts = pattern.split('/').map(parsePart);
  return {
    matches: (path, isFolder) => (isFolder || !foldersOnly) && fits(parts, path.split('/')),
  };
}

/** Spaces at the end do not count, unless escaped; tabs do. */
function withoutSpaces(line: string): string {
  const tokens = line.match(/\\[\s\S]|[\s\S]/gu) ?? [];
  while (tokens.at(-1) === ' ') tokens.pop();
  return tokens.join('').replaceAll('\\ ', ' ');
}

/** One name between slashes; `**` is any number of folders. */
type Part =
  | { readonly kind: 'folders' }
  | { readonly kind: 'name'; readonly any: boolean; readonly regex: RegExp };

function parsePart(glob: string): Part {
  if (glob === '**') return { kind: 'folders' };
  return { kind: 'name', any: glob === '*', regex: nameRegExp(glob) };
}

/** @param names of the path; none at all stand for the top itself, which only an empty first part fits. */
function fits(parts: readonly Part[], names: readonly string[]): boolean {
  const part = parts.at(-1);
  if (!part) return true;
  const rest = parts.slice(0, -1);
  if (part.kind === 'folders') {
    // From here on the pattern is tied to the top.
    const tied = isTop(rest[0]) ? rest : [TOP, ...rest];
    return Array.from({ length: names.length + 1 }, (_, n) => n).some((n) => fits(tied, names.slice(0, n)));
  }
  // A lone "*" is for the first level; gcloud lets the content of one-letter folders through as well.
  if (part.any && rest.length === 0 && names.slice(0, -1).join('/').length > 1) return false;
  const name = names.at(-1) ?? '';
  if (!part.regex.test(name)) return false;
  if (names.length > 0) return fits(rest, names.slice(0, -1));
  return rest.length === 0;
}

const TOP = parsePart('');

function isTop(part: Part | undefined): boolean {
  return part?.kind === 'name' && part.regex.source === '^$';
}

/** `*`, `?` and `[…]` as Python's fnmatch has them: `!` negates a set, `^` does not. */
function nameRegExp(glob: string): RegExp {
  const token = /\*+|\?|\[(?:![\s\S]|[^!])[^\]]*\]|[\s\S]/gu;
  const source = Array.from(glob.matchAll(token), ([t]) => {
    if (t.startsWith('*')) return '[\\s\\S]*';
    if (t === '?') return '[\\s\\S]';
    if (t.startsWith('[') && t.length > 1) return setSource(t.slice(1, -1));
    return escaped(t);
  }).join('');
  return new RegExp(`^${source}$`, 'u');
}

/** The inside of `[…]`. A range that runs backwards holds nothing. */
function setSource(inside: string): string {
  const negated = inside.startsWith('!');
  const members = Array.from((negated ? inside.slice(1) : inside).matchAll(/([\s\S])-([\s\S])|[\s\S]/gu));
  const source = members
    .filter(([, from, to]) => from === undefined || to === undefined || from <= to)
    .map(([all, from, to]) =>
      from === undefined || to === undefined ? escaped(all) : `${escaped(from)}-${escaped(to)}`,
    )
    .join('');
  if (source === '') return negated ? '[\\s\\S]' : '(?!)';
  return `[${negated ? '^' : ''}${source}]`;
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&').replace('-', '\\u{2d}');
}
