import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeptWindows, keptWindowsFor, sortWindows } from '../../src/adapters/kept-windows.ts';
import { monitorFor } from '../../src/adapters/monitor.ts';
import type { ObserveRequest } from '../../src/monitor/index.ts';
import { enoughFor } from '../../src/monitor/judge/budget.ts';
import { MINUTE_MS } from '../../src/monitor/points.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { openWindowFiles } from '../../src/store/window-files.ts';
import { ADA, BEN, DAY, DRAFT, World } from '../rollout/world.ts';
import { START, simulate } from './simulate.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-kept-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const points = simulate({
  seed: 3,
  perSecond: 2,
  share: 0.1,
  minutes: 30,
  baseErrors: 0.01,
  canaryErrors: 0.01,
});
const window = { from: START, canaryShare: 0.1, durationMin: 30, history: [] };
const verdict = {
  answer: 'good' as const,
  reasons: [''],
  canary: { requests: 1, errors: 0 },
  baseline: { requests: 1, errors: 0 },
  through: START,
};
const observation = { verdict, points, window };
const END = START + 30 * MINUTE_MS;

/** Released wholly, each step found good. */
function released(id = DRAFT.id): World {
  const world = new World({ ...DRAFT, id });
  world.prepare();
  world.open();
  world.open();
  world.open();
  expect(world.rollout.stage.at).toBe('done');
  return world;
}

async function keeper(world: World): Promise<{ kept: KeptWindows; problems: string[] }> {
  const store = openFileStore(folder);
  const before = (await store.read(world.rollout.id))?.length ?? 0;
  await store.append(world.rollout.id, before, world.journal.slice(before));
  const problems: string[] = [];
  const kept = keptWindowsFor(openWindowFiles(folder), store, { now: () => world.now }, (what, error) =>
    problems.push(`${what}: ${(error as Error).message}`),
  );
  return { kept, problems };
}

describe('a judged window', () => {
  it('is kept when it is over, once, without the minutes after it', async () => {
    const world = released();
    const { kept } = await keeper(world);
    await kept.keep(world.rollout, observation, END - MINUTE_MS);
    expect(await openWindowFiles(folder).names('default')).toEqual([]);
    const late = points.map((p) => ({ ...p, minute: p.minute + 30 * MINUTE_MS }));
    await kept.keep(world.rollout, { ...observation, points: [...points, ...late] }, END + MINUTE_MS);
    await kept.keep(world.rollout, { ...observation, points: [...points, ...late] }, END + 2 * MINUTE_MS);
    expect(await openWindowFiles(folder).names('default')).toEqual(['20260105T120000Z-abc-2']);
  });

  it('is not kept where there was nothing to compare, no window, or no figures', async () => {
    const world = released();
    const { kept } = await keeper(world);
    await kept.keep(world.rollout, { ...observation, points: [] }, END);
    await kept.keep(world.rollout, { verdict, points }, END);
    await kept.keep(world.rollout, { ...observation, window: { ...window, durationMin: 0 } }, END);
    expect(await readdir(folder)).not.toContain('windows');
  });

  it('that the disk does not take is said, and holds nothing up', async () => {
    const world = released();
    const { kept, problems } = await keeper(world);
    await writeFile(join(folder, 'windows'), 'in the way');
    await kept.keep(world.rollout, observation, END);
    expect(problems).toEqual([expect.stringMatching(/^keeping the window of abc: .*Move that file/)]);
  });
});

describe('of the kept windows those count as healthy', () => {
  const names = ['20260105T120000Z-abc-0'];
  const sorted = async (world: World) => {
    await keeper(world);
    return sortWindows(names, openFileStore(folder), world.now);
  };
  const none = { healthy: [], unsound: [], open: [], gone: [] };

  it('whose version was let out wholly and lasted for a day', async () => {
    const world = released();
    expect(await sorted(world)).toEqual({ ...none, open: names });
    world.now = (world.rollout.endedAt ?? 0) + DAY - 1;
    expect(await sorted(world)).toEqual({ ...none, open: names });
    world.now += 1;
    expect(await sorted(world)).toEqual({ ...none, healthy: names });
  });

  it('or until the next release took over', async () => {
    const world = released();
    world.record({ type: 'closed' });
    expect(await sorted(world)).toEqual({ ...none, healthy: names });
  });

  it('but not of one that was rolled back', async () => {
    const world = released();
    world.now += 2 * DAY;
    world.act({ type: 'roll-back', reason: 'It smells.' }, ADA);
    world.answer('roll-back', 'yes', BEN);
    world.finish('done');
    world.finish('done');
    expect(world.rollout.stage.at).toBe('rolled-back');
    world.now += 2 * DAY;
    expect(await sorted(world)).toEqual({ ...none, unsound: names });
  });

  it('nor of one that is still at a step, or whose journal is gone', async () => {
    const world = new World();
    world.prepare();
    world.open();
    world.now += 2 * DAY;
    expect(await sorted(world)).toEqual({ ...none, open: names });
    const lost = ['20260105T120000Z-gone-0'];
    const others = ['notes', '20260105T120000Z-../../x-0'];
    expect(await sortWindows([...lost, ...others], openFileStore(folder), world.now)).toEqual({
      ...none,
      gone: lost,
    });
  });
});

describe('the threshold of a service', () => {
  const next = (id: string, service = 'default') => new World({ ...DRAFT, id, service }).rollout;

  it('counts its healthy windows; a file that cannot be read is said and left out', async () => {
    const world = released();
    const { kept, problems } = await keeper(world);
    await kept.keep(world.rollout, observation, END);
    world.now += 2 * DAY;
    expect(await kept.threshold(next('a'), 0.01, never)).toMatchObject({ from: 'simulation', windows: 1 });
    expect(await kept.threshold(next('b', 'worker'), 0.01, never)).toMatchObject({ windows: 0 });

    await openWindowFiles(folder).keep('default', '20260105T130000Z-abc-1', Buffer.from('no window'));
    expect(await kept.threshold(next('c'), 0.01, never)).toMatchObject({ windows: 1 });
    expect(await kept.threshold(next('d'), 0.01, never)).toMatchObject({ windows: 1 });
    // Once: what was found stays known.
    expect(problems).toEqual([expect.stringMatching(/^reading the window default\/20260105T130000Z-abc-1/)]);
  });

  it('stays what it was while a rollout goes on, and is found anew for the next', async () => {
    const world = released();
    const { kept } = await keeper(world);
    expect(await kept.threshold(next('a'), 0.01, never)).toMatchObject({ windows: 0 });
    await kept.keep(world.rollout, observation, END);
    world.now += 2 * DAY;
    expect(await kept.threshold(next('a'), 0.01, never)).toMatchObject({ windows: 0 });
    expect(await kept.threshold(next('a'), 0.02, never)).toMatchObject({ budget: 0.02, windows: 1 });
    expect(await kept.threshold(next('b'), 0.01, never)).toMatchObject({ windows: 1 });
  });

  it('is the simulated one where the disk does not give them', async () => {
    const { kept, problems } = await keeper(released());
    await writeFile(join(folder, 'windows'), 'in the way');
    expect(await kept.threshold(next('a'), 0.01, never)).toMatchObject({ from: 'simulation', windows: 0 });
    expect(problems).toEqual([expect.stringMatching(/^reading the windows of default: .*Move that file/)]);
  });

  it('is nobody’s any more once the bot stops', async () => {
    const world = released();
    const { kept, problems } = await keeper(world);
    await kept.keep(world.rollout, observation, END);
    world.now += 2 * DAY;
    const gone = AbortSignal.abort(new Error('stopping'));
    await expect(kept.threshold(next('a'), 0.01, gone)).rejects.toThrow('stopping');
    expect(problems).toEqual([]);
  });
});

it('is asked for with the evidence that the plan’s false alarms take, and says so; else the judge has its own', async () => {
  const { kept } = await keeper(released());
  const asked: (number | undefined)[] = [];
  const monitoring = {
    minutes: async () => [],
    observe: async ({ enough }: ObserveRequest) => {
      asked.push(enough);
      return observation;
    },
  };
  const nobody = { look: async () => [], run: async () => ({ ok: true, why: '', tail: '' }) };
  const monitor = monitorFor(monitoring, nobody, kept, nobody, 'demo', {
    bring: async () => ({ folder: '' }),
  });
  const look = (falseAlarm?: number) => {
    const watching = { ...DRAFT.terms.watching, ...(falseAlarm !== undefined && { falseAlarm }) };
    const { rollout } = new World({ ...DRAFT, terms: { ...DRAFT.terms, watching } });
    return monitor.observe(rollout, { from: START, to: START + 5 * MINUTE_MS }, never);
  };
  expect((await look()).reasons).toEqual(verdict.reasons);
  expect((await look(0.01)).reasons.at(-1)).toBe(
    'False alarms: at most 1 % (simulated; it has 0 of the 99 windows that its own past takes).',
  );
  expect(asked).toEqual([undefined, enoughFor(0.01)]);
});
