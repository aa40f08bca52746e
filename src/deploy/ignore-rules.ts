/** Says of a path inside the source folder ("a/b.txt", folders without a slash at the end) whether it stays at home. */
export type Ignores = (path: string, isFolder: boolean) => boolean;

/** What gcloud writes into a Node app's folder that has no .gcloudignore. .gitignore rules are not applied. */
export const DEFAULT_RULES = '.gcloudignore\n.git\n.gitignore\nnode_modules/\n';

/**
 * Reads .gcloudignore. As in git the last rule that fits counts and `!` takes back; unlike git only a slash at the
 * start, or `**`, ties a pattern to the top, as gcloud has it.
 */
export function readIgnoreRules(text: string): Ignores {
  const rules = text.split(/\r?\n/).flatMap((line) => rule(line) ?? []);
  return (path, isFolder) => {
    let ignored = false;
    for (const { pattern, negated, folderOnly } of rules) {
      if (folderOnly && !isFolder) continue;
      if (pattern.test(path)) ignored = !negated;
    }
    return ignored;
  };
}

interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly folderOnly: boolean;
}

function rule(line: string): Rule | undefined {
  let glob = line.replace(/(?<!\\)\s+$/, '');
  if (glob === '' || glob.startsWith('#')) return undefined;
  const negated = glob.startsWith('!');
  if (negated) glob = glob.slice(1);
  const folderOnly = glob.endsWith('/');
  if (folderOnly) glob = glob.slice(0, -1);
  const top = glob.startsWith('/');
  if (top) glob = glob.slice(1);
  if (glob === '') return undefined;
  return { pattern: new RegExp(`^${top ? '' : '(?:.*/)?'}${toRegExp(glob)}$`, 's'), negated, folderOnly };
}

function toRegExp(glob: string): string {
  const token = /\*\*\/|\/\*\*$|\*\*|\*|\?|\[!?[^\]]*\]|\\.|./gs;
  return Array.from(glob.matchAll(token), ([t]) => {
    if (t === '**/') return '(?:.*/)?';
    if (t === '/**') return '/.*';
    if (t === '**') return '.*';
    if (t === '*') return '[^/]*';
    if (t === '?') return '[^/]';
    if (t.startsWith('[') && t.length > 1)
      return t.replace(/^\[!/, '[^').replace(/^\[\^/, t[1] === '!' ? '[^' : '[\\^');
    return (t.length === 2 ? t.slice(1) : t).replace(/[.+^${}()|[\]\\*?/]/g, '\\$&');
  }).join('');
}
