import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../google/cloud-error.ts';

/** What App Engine builds for; Go's releases and its own compiler count as well. */
const TAGS = new Set(['linux', 'amd64', 'unix', 'gc', 'cgo']);
/** Words behind "_" in a file's name that bind it to a system or a processor, as Go's own list has them. */
const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const PROCESSORS = new Set(
  '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  ),
);

/**
 * The Go package of a folder, found as Go's own tools do: by the files that are built for App Engine.
 * @returns undefined where there is none.
 * @throws CloudError `invalid` for two packages, and for a file that says none.
 */
export async function goPackage(folder: string): Promise<string | undefined> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.go') && /^[^_.]/.test(name));
  let first: { readonly name: string; readonly file: string } | undefined;
  for (const file of names.filter(isNamedForUs).toSorted()) {
    const source = await readFile(join(folder, file), 'utf8');
    if (!isBuilt(source)) continue;
    const declared = /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*package\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(
      source,
    )?.[1];
    if (declared === undefined) {
      throw new CloudError(
        'invalid',
        `${join(folder, file)} does not begin with a package, such as "package main": add it, or delete the file.`,
      );
    }
    if (declared === 'documentation') continue;
    // The tests of a package may stand beside it.
    const name = file.endsWith('_test.go') ? declared.replace(/_test$/, '') : declared;
    first ??= { name, file };
    if (name === first.name) continue;
    throw new CloudError(
      'invalid',
      `${folder} holds two Go packages, ${first.name} (${first.file}) and ${name} (${file}), and a folder can have one: give one of them a folder of its own.`,
    );
  }
  return first?.name;
}

/** "x_linux.go" is for Linux only, "x_windows_arm64_test.go" for neither of ours. */
function isNamedForUs(file: string): boolean {
  const [stem = ''] = file.split('.');
  const words = stem.split('_').slice(1);
  if (words.at(-1) === 'test') words.pop();
  const [last = '', before = ''] = words.toReversed();
  if (PROCESSORS.has(last) && SYSTEMS.has(before)) return TAGS.has(last) && TAGS.has(before);
  return !(SYSTEMS.has(last) || PROCESSORS.has(last)) || TAGS.has(last);
}

/** Whether the constraints above the package let it be built. */
function isBuilt(source: string): boolean {
  const [head = ''] = /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(source) ?? [];
  const constraint = /^\/\/go:build[ \t]+(.*)$/m.exec(head)?.[1];
  if (constraint !== undefined) return holds(constraint);
  // The old form: lines must all hold, words of a line are alternatives. A blank line has to follow.
  const lines = Array.from(
    head.matchAll(/^\/\/[ \t]*\+build[ \t]+(.*)$(?=[\s\S]*\n[ \t]*\n)/gm),
    ([, words]) => words,
  );
  return lines.every((words = '') =>
    words
      .split(/\s+/)
      .some((word) =>
        word.split(',').every((tag) => (tag.startsWith('!') ? !hasTag(tag.slice(1)) : hasTag(tag))),
      ),
  );
}

function hasTag(tag: string): boolean {
  return TAGS.has(tag) || /^go1\.\d+$/.test(tag);
}

/** An expression of tags with "&&", "||", "!" and brackets. */
function holds(expression: string): boolean {
  const tokens = expression.match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
  return either();

  function either(): boolean {
    let value = both();
    while (tokens[0] === '||') {
      tokens.shift();
      value = both() || value;
    }
    return value;
  }
  function both(): boolean {
    let value = one();
    while (tokens[0] === '&&') {
      tokens.shift();
      value = one() && value;
    }
    return value;
  }
  function one(): boolean {
    const token = tokens.shift() ?? '';
    if (token === '!') return !one();
    if (token !== '(') return hasTag(token);
    const value = either();
    tokens.shift();
    return value;
  }
}
