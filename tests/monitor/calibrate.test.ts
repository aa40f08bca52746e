import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptWindowsFor } from '../../src/adapters/kept-windows.ts';
import { calibrate, leastShown } from '../../src/monitor/kept/calibration.ts';
import { sayCalibration } from '../../src/monitor/kept/say-calibration.ts';
import { MINUTE_MS } from '../../src/monitor/points.ts';
import type { Fact } from '../../src/rollout/events.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { openWindowFiles } from '../../src/store/window-files.ts';
import { sluice } from '../process/sluice.ts';
import { DRAFT, World } from '../rollout/world.ts';
import { START, simulate } from './simulate.ts';

const NOTHING = { unsound: 0, open: 0, gone: 0, incomparable: 0, unreadable: 0 };
const quiet = (count: number) => Array.from({ length: count }, (_, i) => -4 + i / count);
const named = (...peaks: number[]) => peaks.map((evidence, i) => ({ name: `window${i}`, evidence }));

describe('the table of a service', () => {
  it('counts what each threshold would have called bad, with an interval', () => {
    const { rows, usual } = calibrate('default', named(...quiet(40), 50, 90), []);
    expect(rows.map(({ falseAlarm }) => falseAlarm)).toEqual([
      0.05,
      0.02,
      0.01,
      usual.falseAlarm,
      0.005,
      0.002,
    ]);
    const alarms = rows.map(({ healthy }) => healthy?.alarms ?? 0);
    expect(alarms).toEqual(alarms.toSorted((a, b) => b - a));
    expect(usual.healthy).toMatchObject({ alarms: 2, windows: 42, rate: 2 / 42 });
    // Wilson's interval of 2 in 42.
    expect(usual.healthy?.low).toBeCloseTo(0.0132, 3);
    expect(usual.healthy?.high).toBeCloseTo(0.1579, 3);
    expect(usual.itself).toBeUndefined();
  });

  it('says what it means, and what so few windows cannot show', () => {
    const calibration = calibrate('default', named(...quiet(41), 99), quiet(15));
    const text = sayCalibration(calibration, { ...NOTHING, unsound: 3, gone: 1 });
    expect(text).toContain(
      'default: 42 healthy windows judged again; left out: 3 of releases that were rolled back or given up, 1 whose journal is gone.',
    );
    expect(text).toMatch(/1 of 42 would have been called bad: 2\.4 % \(0\.42 % to 12 %\)\./);
    expect(text).toContain('These are window41 (99.00 nats). One that was worse and let out all the same');
    expect(text).toMatch(/its own half hour before.*: 0 of 15 half hours would have been called bad/);
    expect(text).toContain('With falseAlarm: 1 % in the plan: at most 1 % (by 42 windows of its own past).');
    expect(sayCalibration(calibrate('default', named(...quiet(42)), []), NOTHING)).toMatch(
      /none of 42 would have been called bad\. So many windows cannot show less than 8\.4 %\./,
    );
    expect(leastShown(380)).toBeLessThan(0.0101);
  });

  it('has no table while no window counts', () => {
    const text = sayCalibration(calibrate('default', [], []), { ...NOTHING, open: 2 });
    expect(text).toMatch(
      /^default: 0 healthy windows judged again; left out: 2 of releases that are not a day old\./,
    );
    expect(text).toMatch(/None of them tells anything yet/);
    expect(text).not.toMatch(/threshold/);
  });
});

describe('sluice judge calibrate', { timeout: 180_000 }, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-calibrate-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function run(...args: string[]) {
    const process = sluice(['judge', 'calibrate', ...args], folder, { SLUICE_DATA_DIR: folder });
    const code = await process.ended();
    return { code, out: process.out(), err: process.err() };
  }

  /** A release whose first window was as `seed` draws it, and how it ended. */
  async function release(id: string, seed: number, end: Fact[]): Promise<void> {
    const world = new World({ ...DRAFT, id });
    world.prepare();
    world.open();
    if (end.length > 0) {
      world.open();
      world.open();
    }
    world.record(...end);
    const store = openFileStore(folder);
    await store.append(id, 0, world.journal);
    const kept = keptWindowsFor(openWindowFiles(folder), store, { now: () => world.now }, (what, error) => {
      throw new Error(what, { cause: error });
    });
    const traffic = { perSecond: 5, share: 0.1, minutes: 30, baseErrors: 0.01, canaryErrors: 0.01 };
    const before = simulate({ ...traffic, seed: seed + 1000, minutes: 60 });
    const history = before.flatMap((p) =>
      p.arm === 'baseline' ? [{ ...p, minute: p.minute - 60 * MINUTE_MS }] : [],
    );
    const window = { from: START, canaryShare: 0.1, durationMin: 30, history };
    const none = { requests: 0, errors: 0 };
    const verdict = { answer: 'good' as const, reasons: [], canary: none, baseline: none, through: START };
    const observation = { verdict, points: simulate({ ...traffic, seed }), window };
    await kept.keep({ ...world.rollout, step: 0 }, observation, START + 30 * MINUTE_MS);
  }

  it('judges the windows of sound releases again, in words and as JSON', async () => {
    const closed: Fact[] = [{ type: 'closed' }];
    for (const seed of [1, 2, 3]) await release(`sound${seed}`, seed, closed);
    await release('underway', 4, []);
    await openWindowFiles(folder).keep('default', '20260105T120000Z-sound1-1', Buffer.from('no window'));

    const words = await run();
    expect(words).toMatchObject({ code: 0 });
    expect(words.out).toMatch(
      /^default: 3 healthy windows judged again; left out: 1 of releases that are not a day old, 1 that cannot be read\.\n\nfalseAlarm {2}threshold/,
    );
    expect(words.out).toMatch(/: 0 of 3 half hours would have been called bad/);
    expect(words.err).toMatch(
      /^The window default\/20260105T120000Z-sound1-1 should hold a window but cannot be read/,
    );

    const { out } = await run('--service', 'default', '--json');
    const { services } = JSON.parse(out);
    expect(services).toMatchObject([
      {
        service: 'default',
        usual: { healthy: { windows: 3 }, itself: { windows: 3 }, inForce: { from: 'simulation' } },
        leftOut: { open: 1, unreadable: 1 },
      },
    ]);
    expect(await run('--service', 'worker')).toEqual({
      code: 1,
      out: '',
      err: "Nothing is kept of a service 'worker'. Kept: default.\n",
    });
  });

  it('says what to do while nothing is kept', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^No judged window is kept in .* yet\. A bot keeps .*: release a few times and come back/,
    );
  });
});
