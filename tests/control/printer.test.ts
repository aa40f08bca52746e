import { expect, test } from 'vitest';
import { createPrinter } from '../../src/commands/deploy/printer.ts';

const at = Date.UTC(2026, 10, 22, 14, 2);

function screen(isTTY: boolean, json = false) {
  const written: string[] = [];
  const output = { isTTY, columns: 60, write: (text: string) => written.push(text) > 0 };
  return { written, printer: createPrinter(json, output) };
}

const passing = (text: string) => ({ type: 'passing', at, text }) as const;
const event = (text: string) =>
  ({ type: 'event', at, revision: 3, event: 'deployed', stage: 'verify', text }) as const;

test('on a terminal an upload is one bar that gives way to the next line', () => {
  const { written, printer } = screen(true);
  printer.line(passing('Uploading 75 of 300 files.'));
  printer.line(passing('Uploading 300 of 300 files.'));
  printer.line(passing('App Engine is building it.'));
  printer.line(event('Deployed.'));
  printer.line(event('Verified.'));
  const clear = '\r\u001b[2K';
  expect(written).toEqual([
    `${clear}Uploading [######..................] 75 of 300 files.`,
    `${clear}Uploading [########################] 300 of 300 files.`,
    `${clear}App Engine is building it.`,
    `${clear}14:02 UTC  Deployed.\n`,
    '14:02 UTC  Verified.\n',
  ]);
});

test('a passing line never wraps, or it could not be taken back', () => {
  const { written, printer } = screen(true);
  printer.line(passing('x'.repeat(200)));
  expect(written[0]).toBe(`\r\u001b[2K${'x'.repeat(59)}`);
});

test('elsewhere each kind of passing line is said once', () => {
  const { written, printer } = screen(false);
  for (const n of [1, 2, 3]) printer.line(passing(`Uploading ${n} of 3 files.`));
  printer.line(passing('App Engine is building it.'));
  expect(written).toEqual([
    '14:02 UTC  Uploading 1 of 3 files.\n',
    '14:02 UTC  App Engine is building it.\n',
  ]);
});

test('others’ words neither break the line nor steer the terminal', () => {
  const { written, printer } = screen(false);
  printer.line(event('It smells.\n::set-env name=X::y\u001b[31m\u009b2J'));
  printer.note('connection', 'one\r\ntwo');
  expect(written).toEqual(['14:02 UTC  It smells. ::set-env name=X::y [31m 2J\n', 'one two\n']);
});

test('for machines each line is an object, its words untouched', () => {
  const { written, printer } = screen(true, true);
  printer.line(event('One.\nTwo.'));
  printer.note('refused', 'Locked.');
  expect(written.map((line) => JSON.parse(line))).toEqual([
    {
      at: '2026-11-22T14:02:00.000Z',
      type: 'event',
      revision: 3,
      event: 'deployed',
      stage: 'verify',
      text: 'One.\nTwo.',
    },
    { type: 'refused', text: 'Locked.' },
  ]);
});
