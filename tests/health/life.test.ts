import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Absence } from '../../src/bot/away.ts';
import { createLife } from '../../src/health/life.ts';
import type { Clock } from '../../src/plan/clock.ts';
import { HOUR, MINUTE } from '../../src/plan/duration.ts';
import { openFileStore } from '../../src/store/file-store.ts';

const START = Date.UTC(2026, 10, 22, 12);

/** A bot's life on real files, with both clocks turned by hand. */
async function world() {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-life-'));
  let now = START;
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const told: Absence[] = [];
  const noted: string[] = [];
  let live = true;
  return {
    told,
    noted,
    pass(ms: number) {
      now += ms;
    },
    nothingLive() {
      live = false;
    },
    /** A process that begins now; `missed` may take its time. */
    begin(during = () => Promise.resolve()) {
      return createLife({
        store: openFileStore(folder),
        clock,
        // The releases' clock runs twice as fast.
        world: { ...clock, now: () => START + 2 * (now - START) },
        async missed(absence) {
          await during();
          if (!live) return 'nothing';
          told.push(absence);
          return 'told';
        },
        settled: () => Promise.resolve(),
        note: (_, message) => void noted.push(message),
      });
    },
  };
}

test('a first start, and restarts within two minutes, are no absence', async () => {
  const { begin, pass, told } = await world();
  await begin().sign();
  pass(2 * MINUTE - 1);
  await begin().sign();
  pass(2 * MINUTE - 1);
  await begin().sign();
  expect(told).toEqual([]);
});

test('an absence is told once, from the last sign to the beginning of the next process, by the releases’ clock', async () => {
  const { begin, pass, told } = await world();
  const first = begin();
  await first.sign();
  pass(MINUTE);
  await first.sign();
  pass(30_000);
  // Killed: the last sign is half a minute old.
  pass(10 * MINUTE);
  const second = begin();
  pass(5_000);
  await second.sign();
  pass(1_000);
  await second.sign();
  expect(told).toEqual([{ from: START + 2 * MINUTE, to: START + 2 * (11 * MINUTE + 30_000), untold: 0 }]);
  await begin().sign();
  expect(told).toHaveLength(1);
});

test('whoever stops properly leaves the very moment', async () => {
  const { begin, pass, told } = await world();
  const first = begin();
  await first.sign();
  pass(40_000);
  await first.end();
  pass(3 * MINUTE);
  await begin().sign();
  expect(told).toEqual([{ from: START + 80_000, to: START + 80_000 + 6 * MINUTE, untold: 0 }]);
});

test('a bot that goes away again and again says so once in half an hour, and then how often', async () => {
  const { begin, pass, told, noted } = await world();
  await begin().sign();
  for (let i = 0; i < 5; i++) {
    pass(5 * MINUTE);
    await begin().sign();
  }
  expect(told).toHaveLength(1);
  expect(noted).toHaveLength(5);
  pass(HOUR);
  await begin().sign();
  expect(told.map(({ untold }) => untold)).toEqual([0, 4]);
  pass(HOUR);
  await begin().sign();
  expect(told.map(({ untold }) => untold)).toEqual([0, 4, 0]);
});

test('an absence in which nothing was live is not told, nor later', async () => {
  const { begin, pass, told, nothingLive } = await world();
  await begin().sign();
  nothingLive();
  pass(HOUR);
  const process = begin();
  await process.sign();
  pass(MINUTE);
  await process.sign();
  expect(told).toEqual([]);
});

test('a machine that slept is an absence, too; telling of one for long is none', async () => {
  const { begin, pass, told } = await world();
  let release = () => {};
  const process = begin(() => new Promise((resolve) => (release = resolve)));
  await process.sign();
  pass(HOUR);
  const telling = process.sign();
  for (let i = 0; i < 5; i++) {
    pass(MINUTE);
    await process.sign();
  }
  release();
  await telling;
  await process.sign();
  expect(told).toEqual([{ from: START, to: START + 2 * HOUR, untold: 0 }]);
});

test('a clock that was set back begins anew', async () => {
  const { begin, pass, told } = await world();
  const process = begin();
  await process.sign();
  pass(-HOUR);
  await process.sign();
  pass(90_000);
  await process.sign();
  pass(90_000);
  await begin().sign();
  expect(told).toEqual([]);
});
