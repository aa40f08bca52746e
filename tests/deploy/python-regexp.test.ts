import { describe, expect, it } from 'vitest';
import { groupsIn, matchesStart, pythonRegExp } from '../../src/deploy/app-yaml/python-regexp.ts';

function match(source: string, text: string): boolean | undefined {
  const regex = pythonRegExp(source);
  return regex && matchesStart(regex)(text);
}

describe('a regular expression of Python’s', () => {
  it.each([
    ['.', '\u2028', true],
    ['.', '\n', false],
    ['(?s).', '\n', true],
    ['a$', 'a\n', true],
    ['a\\Z', 'a\n', false],
    ['\\w+$', 'größe٣金', true],
    ['(?a)\\w+$', 'größe', false],
    ['\\d', '٣', true],
    ['\\s', '\x1c', true],
    ['[^\\S]', '\x85', true],
    ['a\\b', 'aé', false],
    ['a\\b', 'a-', true],
    ['[]a]+$', ']a', true],
    ['[^]a]', ']', false],
    ['[\\w.-]+$', 'a-.é', true],
    ['[\\W]', 'é', false],
    ['a{,2}$', 'aa', true],
    ['a{,2}$', 'aaa', false],
    ['a{b}', 'a{b}', true],
    ['(?P<x>a|b)(?P=x)', 'bb', true],
    ['(?P<x>a|b)(?P=x)', 'ab', false],
    ['(a)\\1', 'aa', true],
    ['\\x41\\u0042\\U00000043\\07', 'ABC\x07', true],
    ['(?x) a b # a comment\n c', 'abc', true],
    ['(?i)É', 'é', true],
    ['(?m)a$', 'a\nb', true],
    ['(?m)a\n^b', 'a\nb', true],
    ['^(?:a|$)*$', '😀', false],
    ['^.$', '😀', true],
    ['a(?#word)b', 'ab', true],
  ])('%j on %j: %j', (source, text, expected) => {
    expect(match(source, text)).toBe(expected);
  });

  it.each([
    '[',
    '(',
    ')',
    '*',
    'a**',
    '\\q',
    'a\\',
    '[c-a]',
    '[a-\\d]',
    '(?<n>a)',
    '\\p{L}',
    '\\1',
    'a{2,1}',
    '\\x4',
    'a(?i)b',
  ])('is none: %j', (source) => {
    expect(pythonRegExp(source)).toBeUndefined();
  });

  it('and its groups', () => {
    expect(['a', '(a)(?:b)(?P<c>d)', '\\(a\\)', '[(]'].map(groupsIn)).toEqual([0, 2, 0, 0]);
  });
});
