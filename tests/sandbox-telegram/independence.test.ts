import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g;

interface Import {
  readonly file: string;
  /** A path that begins with `src/`, or the name of a package. */
  readonly target: string;
}

const imports = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .flatMap((path) => importsOf(`src/${path}`, readFileSync(join(ROOT, 'src', path), 'utf8')));

function importsOf(file: string, source: string): Import[] {
  return [...source.matchAll(IMPORT)].map(([, named = '']) => ({
    file,
    target: named.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), named)) : named,
  }));
}

/** Imports of the files below `from` that lead to somewhere else than `allowed`. */
function straying(from: string, allowed: RegExp): string[] {
  return imports
    .filter(({ file, target }) => file.startsWith(from) && !isBuiltin(target) && !allowed.test(target))
    .map(({ file, target }) => `${file} imports ${target}`);
}

/** What both stand-ins share lies right in the sandbox's folder; its `index.ts` puts them together. */
const SHARED = 'src/sandbox/(?!index\\.ts)[\\w-]+\\.ts$';

test('imports are found, in whichever way they are written', () => {
  const source =
    "import a from './b.ts';\nimport './c.css';\nexport type { D } from '../d.ts';\nawait import('hono');";
  expect(importsOf('src/sandbox/telegram/a.ts', source).map(({ target }) => target)).toEqual([
    'src/sandbox/telegram/b.ts',
    'src/sandbox/telegram/c.css',
    'src/sandbox/d.ts',
    'hono',
  ]);
  expect(imports.filter(({ file }) => file.startsWith('src/sandbox/')).length).toBeGreaterThan(300);
});

test.each([
  ['telegram', '(?:hono(?:/\\w+)?|@hono/node-server|valibot|preact(?:/\\w+)?)$'],
  ['app-engine', '(?:hono(?:/\\w+)?|@hono/node-server|valibot|luxon|yaml)$'],
])('the local %s stands alone: it imports itself, what both share, and a few packages', (name, packages) => {
  const own = `src/sandbox/${name}/`;
  expect(straying(own, new RegExp(`^(?:${own}|${SHARED}|${packages})`))).toEqual([]);
});

test('the sandbox imports none of the rooms, and none of the rooms imports it', () => {
  expect(straying('src/sandbox/', /^(?:src\/sandbox\/|(?!src\/))/)).toEqual([]);
  const rooms = imports.filter(({ file }) => /^src\/(?!sandbox\/|commands\/)[^/]+\//.test(file));
  expect(rooms.length).toBeGreaterThan(1_000);
  expect(rooms.filter(({ target }) => target.startsWith('src/sandbox/'))).toEqual([]);
});
