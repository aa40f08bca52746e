import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { seeded } from '../../bench/judge/random.ts';
import { specOf } from '../../bench/judge/spec.ts';
import { wire } from '../../bench/judge/wire.ts';
import { simulate } from '../../bench/judge/world.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

function startJudge() {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'judge'], { stdio: 'pipe' });
  let problems = '';
  child.stderr.on('data', (chunk) => {
    problems += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, problems }));
  return { child, ended, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

it('answers each tick before the next one is sent, and ends with its input', async () => {
  const { child, ended, lines } = startJudge();
  const random = seeded(4);
  const { header, ticks } = wire(simulate({ ...specOf('aa', random), rps: 5 }, random), 'first', random);
  for (const id of ['first', 'second']) {
    child.stdin.write(`${JSON.stringify({ ...header, id })}\n`);
    for (const tick of ticks) {
      child.stdin.write(`${JSON.stringify({ ...tick, id })}\n`);
      const { value } = await lines.next();
      expect(JSON.parse(value)).toMatchObject({ id, t: tick.t, evidence: expect.any(Number) });
      if (tick.t === 30) expect(JSON.parse(value)).toMatchObject({ verdict: 'promote' });
    }
  }
  child.stdin.end();
  expect(await ended).toEqual({ code: 0, problems: '' });
});

it.each([
  ['no JSON', 'hello', /^Line 1: expected one JSON object, but "hello" is none/],
  [
    'a tick without a window',
    '{"type":"tick","id":"a","t":1,"points":[]}',
    /^Line 1: a tick came before any window\. Send its header first\./,
  ],
  ['a type that is unknown', '{"type":"tock"}', /its type is "tock"/],
  ['a header without its share', '{"type":"window","schema":1,"id":"a","durationMin":30}', /'canaryShare'/],
])('%s ends with a sentence', async (_, line, sentence) => {
  const { child, ended } = startJudge();
  child.stdin.end(`${line}\n`);
  const { code, problems } = await ended;
  expect(code).toBe(1);
  expect(problems).toMatch(sentence);
});
