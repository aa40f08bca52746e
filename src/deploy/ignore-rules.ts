import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../google/cloud-error.ts';
import { type Glob, parseGlob } from './glob.ts';

/**
 * Says of a path inside the source folder ("a/b.txt", folders without a slash at the end) whether it stays at home. It
 * is asked from the top down: what lies in a folder that stays at home is not asked for.
 */
export type Ignores = (path: string, isFolder: boolean) => boolean;

interface Rule {
  readonly glob: Glob;
  readonly negated: boolean;
}

/** Where Python ends a line. */
const LINE_ENDS = /\r\n|[\n\r\v\f\x85\u2028\u2029]/;
const INCLUDE = '!include:';

/**
 * Reads .gcloudignore of a folder: the last rule that fits counts, `!` takes back, `#!include:` puts in the rules of
 * another file of the same folder, whose own includes do not count.
 * @returns undefined when there is no such file.
 * @throws CloudError `invalid` for one that cannot be read, and for an include that is not there.
 */
export async function readIgnoreFile(folder: string): Promise<Ignores | undefined> {
  const text = await readIfThere(join(folder, '.gcloudignore'));
  return text === undefined ? undefined : ignoresOf(await rulesIn(text, folder));
}

/** @param text rules without includes. */
export function ignoreRules(text: string): Ignores {
  return ignoresOf(text.split(LINE_ENDS).flatMap(readRule));
}

function ignoresOf(rules: readonly Rule[]): Ignores {
  return (path, isFolder) => rules.findLast(({ glob }) => glob.matches(path, isFolder))?.negated === false;
}

function readRule(line: string): Rule[] {
  if (line.startsWith('#')) return [];
  const negated = line.startsWith('!');
  const glob = parseGlob(negated ? line.slice(1) : line);
  return glob ? [{ glob, negated }] : [];
}

async function rulesIn(text: string, folder: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  for (const line of text.split(LINE_ENDS)) {
    const name = includedBy(line);
    if (name === undefined) rules.push(...readRule(line));
    else rules.push(...(await includedRules(name, folder)));
  }
  return rules;
}

/** "#!include:NAME"; spaces may follow the "#". */
function includedBy(line: string): string | undefined {
  const start = line.startsWith('#') ? line.slice(1).trimStart() : '';
  return start.startsWith(INCLUDE) ? start.slice(INCLUDE.length) : undefined;
}

async function includedRules(name: string, folder: string): Promise<Rule[]> {
  const where = join(folder, '.gcloudignore');
  if (name.includes('/')) {
    throw new CloudError(
      'invalid',
      `${where} includes "${name}", but only a file of the same folder can be included.`,
    );
  }
  const text = await readIfThere(join(folder, name));
  if (text === undefined) {
    throw new CloudError(
      'invalid',
      `${where} includes "${name}", which is not there: correct the name, or delete the line.`,
    );
  }
  const lines = text.split(LINE_ENDS);
  const nested = lines.map(includedBy).find((inner) => inner?.includes('/'));
  if (nested !== undefined) {
    throw new CloudError(
      'invalid',
      `${join(folder, name)} includes "${nested}", but only a file of the same folder can be included.`,
    );
  }
  return lines.flatMap(readRule);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) {
      return undefined;
    }
    if (error instanceof TypeError)
      throw new CloudError('invalid', `${path} is not written in UTF-8: save it so.`);
    throw new CloudError('invalid', `Could not read ${path}: ${String(error)}.`);
  }
}
