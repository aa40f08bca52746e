import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Figures } from '../../src/sandbox/app-engine/figures.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { eventually, tempFolder } from './support.ts';

const START = Date.parse('2026-01-05T10:00:00Z');
const MINUTE = 60_000;

class HandClock extends SandboxClock {
  at = START;
  override now(): number {
    return this.at;
  }
  override alarm(): () => void {
    return () => undefined;
  }
}

function world() {
  const folder = tempFolder();
  const clock = new HandClock(1, START);
  return {
    clock,
    open(): Figures {
      const figures = new Figures(folder, clock, () => []);
      onTestFinished(() => figures.close());
      return figures;
    },
    noted: () => existsSync(join(folder, 'open.json')) || undefined,
  };
}

function counted(figures: Figures): { at: number; requests: number; entries: number }[] {
  return figures.between(START - MINUTE, START + 60 * MINUTE).map(({ at, cells, tallies = [] }) => ({
    at: at - START,
    requests: cells.reduce((sum, { count }) => sum + count, 0),
    entries: tallies.reduce((sum, { value }) => sum + Number(value), 0),
  }));
}

function serve(figures: Figures, requests: number): void {
  for (let n = 0; n < requests; n++) {
    figures.count('default', 'v1', 200, false, 10);
    figures.tally({ type: 't', service: 'default', version: 'v1', labels: { a: 'b' }, value: 1 });
  }
}

it('goes on after a clean stop with what it had', () => {
  const { clock, open } = world();
  const before = open();
  serve(before, 3);
  before.close();
  clock.at = START + 30_000;
  const after = open();
  serve(after, 2);
  expect(counted(after)).toEqual([]);
  clock.at = START + MINUTE;
  expect(counted(after)).toEqual([{ at: 0, requests: 5, entries: 5 }]);
});

it('ends without those who began it, when they come back too late', () => {
  const { clock, open } = world();
  const before = open();
  serve(before, 3);
  before.close();
  clock.at = START + 10 * MINUTE;
  const after = open();
  serve(after, 1);
  clock.at = START + 11 * MINUTE;
  expect(counted(after)).toEqual([
    { at: 0, requests: 3, entries: 3 },
    { at: 10 * MINUTE, requests: 1, entries: 1 },
  ]);
});

it('is noted down soon, for a kill, and counted once when it had just ended', async () => {
  const { clock, open, noted } = world();
  const killed = open();
  serve(killed, 4);
  await eventually(noted);
  const next = open();
  serve(next, 1);
  clock.at = START + MINUTE;
  expect(counted(next)).toEqual([{ at: 0, requests: 5, entries: 5 }]);
  // The note of the minute that has ended is still there.
  const last = open();
  expect(counted(last)).toEqual([{ at: 0, requests: 5, entries: 5 }]);
});
