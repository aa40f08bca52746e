import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillWords, splitCommand } from '../../src/plan/command-words.ts';

const ENV = { VERSION: 'v2', REASON: 'it is "slow"; rm -rf / $(id) `id` *', SERVICE: '' };

function words(text: string): string[] {
  const split = splitCommand(text);
  if ('fault' in split) throw new Error(split.fault);
  return fillWords(split.words, ENV);
}

/** What the system's shell makes of it. */
function byTheShell(text: string): string[] {
  const out = execFileSync('sh', ['-c', `printf '%s\\0' ${text}`], {
    env: { ...process.env, ...ENV },
    cwd: '/',
  });
  return out.toString().split('\0').slice(0, -1);
}

describe('a command without a shell', () => {
  it.each([
    ['npm run load-test', ['npm', 'run', 'load-test']],
    ['  a\t b  ', ['a', 'b']],
    [`a 'b c' "d e"'f'`, ['a', 'b c', 'd ef']],
    [`a '' ""`, ['a', '', '']],
    ['a b\\ c \\"d\\$', ['a', 'b c', '"d$']],
    ['a "b\\"c\\\\d\\n"', ['a', 'b"c\\d\\n']],
    [`verify.py --version=$VERSION \${VERSION}x`, ['verify.py', '--version=v2', 'v2x']],
    [`awk '{print $1}' "a b"`, ['awk', '{print $1}', 'a b']],
    ['a b#c d~', ['a', 'b#c', 'd~']],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected);
    expect(byTheShell(text.trim())).toEqual(expected);
  });

  it('what a person wrote stays one word, whatever is in it', () => {
    expect(words('tell $REASON "$REASON"')).toEqual(['tell', ENV.REASON, ENV.REASON]);
  });
  it('a variable that is not known yet is empty', () => {
    expect(words('tell "$URL_OF"'.replace('URL_OF', 'VERSION_URL'))).toEqual(['tell', '']);
  });
});

it.each([
  ['a | b', 'only a shell understands its |'],
  ['a > b', 'only a shell understands its >'],
  ['a && b', 'only a shell understands its &'],
  ['a; b', 'only a shell understands its ;'],
  ['a *.js', 'only a shell understands its *'],
  ['a $(b)', 'only a shell understands its $'],
  ['a "$(b)"', 'only a shell understands its $'],
  ['a "`b`"', 'only a shell understands its `'],
  ['a\nb', 'only a shell understands its second line'],
  ['a # b', 'only a shell understands its #'],
  ['~/a', 'only a shell understands its ~'],
  ['A=1 b', 'only a shell understands A=1'],
  ['cd x', 'only a shell has cd'],
  ['exit 1', 'only a shell has exit'],
  ['a $HOME', /^only a shell knows \$HOME; a rollout's variables are PROJECT_ID, /],
  ['a $1', 'only a shell understands its $'],
  [`a \${VERSION:-x}`, 'only a shell understands its $'],
  ["a 'b", 'a single quote is not closed'],
  ['a "b', 'a double quote is not closed'],
  ['a \\', 'it ends a line with a backslash'],
  [' ', 'it names no program'],
])('what asks for a shell: %j', (text, fault) => {
  const split = splitCommand(text);
  expect('fault' in split ? split.fault : split).toMatch(fault);
});

it('whatever is taken apart is taken apart as the shell would', () => {
  const piece = fc.constantFrom(
    'a',
    'b c',
    '"',
    "'",
    '\\',
    ' ',
    '$',
    '{',
    '}',
    '=',
    '#',
    '~',
    '-',
    '"x y"',
    "'$z'",
    '$VERSION',
    '\\"',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
      // Behind a word, so that nothing is taken for an assignment or a command of the shell's own.
      const text = `a ${pieces.join('')}`;
      const split = splitCommand(text);
      if ('fault' in split) return;
      expect(fillWords(split.words, ENV)).toEqual(byTheShell(text));
    }),
    { seed: 20261122, numRuns: 300 },
  );
});
