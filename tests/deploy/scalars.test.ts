import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pythonText, readScalar, type YamlVersion } from '../../src/deploy/app-yaml/scalars.ts';

/** What gcloud makes of a plain text: seen in its requests. */
function printed(text: string, version: YamlVersion = '1.1'): string | undefined {
  const value = readScalar(text, true, undefined, version);
  return value && pythonText(value);
}

it.each([
  ['y', 'True'],
  ['N', 'False'],
  ['On', 'True'],
  ['tRue', 'tRue'],
  ['089', '089'],
  ['0o10', '0o10'],
  ['08.5', '8.5'],
  ['-010', '-8'],
  ['+5', '5'],
  ['1:2:3.5', '3723.5'],
  ['1:60', '1:60'],
  ['-1:30', '-90'],
  ['.5', '0.5'],
  ['-.5', '-.5'],
  ['-0.0', '-0.0'],
  ['1e400', 'inf'],
  ['0b101', '5'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['1.2.3', '1.2.3'],
  ['<<x', '<<x'],
  ['2024-2-9', '2024-2-9'],
  ['2024-02-29t1:20:30.5-03:30', '2024-02-29 04:50:30.500000'],
  ['2024-02-29 10:20:30.1234567', '2024-02-29 10:20:30.123457'],
])('%s is %s', (text, expected) => {
  expect(printed(text)).toBe(expected);
});

it.each(['2023-02-29', '2024-02-29 24:00:00', '=', '<<', '0x_'])('%s cannot be read', (text) => {
  expect(printed(text)).toBeUndefined();
});

it.each([
  ['yes', 'yes'],
  ['true', 'True'],
  ['010', '10'],
  ['0o10', '8'],
  ['1:30', '1:30'],
  ['-.5', '-0.5'],
])('under %%YAML 1.2, %s is %s', (text, expected) => {
  expect(printed(text, '1.2')).toBe(expected);
});

it.each([
  ['!!str', '010', 'str', '010'],
  ['!!int', '010', 'int', '8'],
  ['!!float', '5', 'float', '5.0'],
  ['!!bool', 'yes', 'bool', 'True'],
  ['!!int', 'x', 'int', undefined],
  ['an unknown tag', 'x', 'else', undefined],
])('%s %s', (_, text, tag, expected) => {
  const value = readScalar(text, false, `tag:yaml.org,2002:${tag}`, '1.1');
  expect(value && pythonText(value)).toBe(expected);
});

it('whatever is in quotes stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readScalar(text, false, undefined, '1.1')).toEqual({ kind: 'text', text });
    }),
  );
});

it('every whole number keeps its value, and every fraction reads back as itself', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.double({ noNaN: true, noDefaultInfinity: true }), (whole, fraction) => {
      expect(printed(String(whole))).toBe(String(whole));
      expect(Number(pythonText({ kind: 'fraction', value: fraction }))).toBe(fraction);
    }),
  );
});
