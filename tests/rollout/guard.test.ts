import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/plan/clock.ts';
import { DAY, HOUR } from '../../src/plan/duration.ts';
import type { FreezeWindow } from '../../src/plan/terms.ts';
import { type Bar, type Guard, openGuard } from '../../src/rollout/guard.ts';
import { KEPT } from '../../src/rollout/guard-record.ts';
import { ADA, BEN } from './world.ts';

/** A Monday. */
const START = Date.UTC(2026, 10, 23, 12);
const MARKET: FreezeWindow = {
  kind: 'weekly',
  why: 'The market is open',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '13:00',
  to: '20:00',
  zone: 'UTC',
};
const HOLIDAYS: FreezeWindow = {
  kind: 'dates',
  why: 'Holidays',
  from: '2026-11-23T18:00',
  to: '2026-11-25',
  zone: 'UTC',
};

class Disk {
  document: string | undefined;
  full = false;

  async readDocument<T>(): Promise<T | undefined> {
    return this.document === undefined ? undefined : (JSON.parse(this.document) as T);
  }

  async writeDocument(name: string, value: unknown): Promise<void> {
    expect(name).toBe('guard');
    if (this.full) throw new Error('No space left on device');
    await Promise.resolve();
    this.document = JSON.stringify(value);
  }
}

class HandClock implements Clock {
  at = START;
  now = () => this.at;
  sleep = () => Promise.reject(new Error('Nobody sleeps here.'));
}

async function setUp(windows: readonly FreezeWindow[] = []) {
  const disk = new Disk();
  const clock = new HandClock();
  const guard = await openGuard(disk, windows, clock);
  return { disk, clock, guard, reopen: () => openGuard(disk, windows, clock) };
}

test('nothing is kept back at first', async () => {
  const { guard, disk } = await setUp();
  expect(guard.bar('default', START)).toBeUndefined();
  expect(guard.history()).toEqual([]);
  expect(await guard.unfreeze('done', BEN)).toBe('Nothing is frozen now.');
  expect(await guard.unlock('default', 'done', BEN)).toBe('default is not locked.');
  expect(disk.document).toBeUndefined();
});

test('a freeze holds for every service, ends by itself, and can be ended before', async () => {
  const { guard, clock, reopen } = await setUp();
  await guard.freeze({ why: 'Audit', until: START + HOUR }, ADA);
  const bar = { kind: 'freeze', why: 'Audit', until: START + HOUR, by: { id: 1, name: 'Ada' } };
  for (const one of [guard, await reopen()]) {
    expect(one.bar('default', START)).toEqual(bar);
    expect(one.bar('other', START + HOUR - 1)).toEqual(bar);
    expect(one.bar('default', START + HOUR)).toBeUndefined();
  }
  expect(await guard.unfreeze('Audit is through', BEN)).toBe('Ada’s freeze (Audit) is ended.');
  expect(guard.bar('default', START)).toBeUndefined();

  await guard.freeze({ why: 'Until we know more' }, ADA);
  clock.at += 365 * DAY;
  expect(guard.bar('default', clock.at)).toMatchObject({ why: 'Until we know more' });
  expect(guard.bar('default', clock.at)).not.toHaveProperty('until');
});

test('the newest freeze takes the place of the one before', async () => {
  const { guard } = await setUp();
  await guard.freeze({ why: 'First' }, ADA);
  await guard.freeze({ why: 'Second', until: START + HOUR }, BEN);
  expect(guard.bar('default', START)).toMatchObject({ why: 'Second', until: START + HOUR });
  expect(guard.bar('default', START + HOUR)).toBeUndefined();
});

test('the plan’s window is lifted until it ends, and holds again the next time', async () => {
  const { guard, clock, reopen } = await setUp([MARKET]);
  expect(guard.bar('default', START)).toBeUndefined();
  clock.at = START + 2 * HOUR;
  const end = START + 8 * HOUR;
  expect(guard.bar('default', clock.at)).toEqual({ kind: 'freeze', why: MARKET.why, until: end });
  expect(await guard.unfreeze('A hotfix', BEN)).toBe(
    'The plan’s window (The market is open) is lifted until it ends, on 2026-11-23 20:00 UTC.',
  );
  for (const one of [guard, await reopen()]) {
    expect(one.bar('default', clock.at)).toBeUndefined();
    expect(one.bar('default', end - 1)).toBeUndefined();
    expect(one.bar('default', START + DAY + 2 * HOUR)).toMatchObject({ why: MARKET.why });
  }
});

test('a window that the plan was given after the lift, and that lasts longer, is not lifted', async () => {
  const { guard, clock, disk } = await setUp([MARKET]);
  clock.at = START + 2 * HOUR;
  await guard.unfreeze('A hotfix', BEN);
  const changed = await openGuard(disk, [MARKET, HOLIDAYS], clock);
  expect(changed.bar('default', clock.at)).toMatchObject({ why: MARKET.why, until: Date.UTC(2026, 10, 26) });
});

test('of the chat’s freeze and the plan’s window the one that lasts longer is told; both are lifted at once', async () => {
  const { guard, clock } = await setUp([MARKET]);
  clock.at = START + 2 * HOUR;
  await guard.freeze({ why: 'Audit', until: clock.at + HOUR }, ADA);
  expect(guard.bar('default', clock.at)).toMatchObject({ why: MARKET.why });
  await guard.freeze({ why: 'Audit', until: START + 20 * HOUR }, ADA);
  expect(guard.bar('default', clock.at)).toMatchObject({ why: 'Audit' });
  expect(await guard.unfreeze('A hotfix', BEN)).toMatch(
    /^Ada’s freeze \(Audit\) is ended\. The plan’s window .* is lifted/,
  );
  expect(guard.bar('default', clock.at)).toBeUndefined();
});

test('a lock holds for its service alone, comes before a freeze, and stays until it is taken away', async () => {
  const { guard, clock, reopen } = await setUp();
  await guard.freeze({ why: 'Audit' }, ADA);
  await guard.lock('default', { why: 'Data is being moved' }, ADA);
  const bar = { kind: 'lock', why: 'Data is being moved', since: START, by: { id: 1, name: 'Ada' } };
  clock.at += 400 * DAY;
  for (const one of [guard, await reopen()]) {
    expect(one.bar('default', clock.at)).toEqual(bar);
    expect(one.bar('other', clock.at)).toMatchObject({ kind: 'freeze' });
  }
  expect(await guard.unlock('default', 'It is through', BEN)).toBe(
    'default is unlocked. It was locked since 2026-11-23 12:00 UTC: Data is being moved',
  );
  expect(guard.bar('default', clock.at)).toMatchObject({ kind: 'freeze' });
});

test('a lock does not hide the one before it', async () => {
  const { guard } = await setUp();
  await guard.lock('default', { why: 'Data is being moved' }, ADA);
  await guard.lock('default', { why: 'v2 was rolled back: errors', rollout: 'abc' });
  expect(guard.bar('default', START)).toEqual({
    kind: 'lock',
    why: 'Data is being moved; v2 was rolled back: errors',
    since: START,
    rollout: 'abc',
  });
});

test('a rollout locks once, however often it is told to, after an unlock too', async () => {
  const { guard, reopen } = await setUp();
  const lock = { why: 'v2 was rolled back', rollout: 'abc' };
  await Promise.all([guard.lock('default', lock), guard.lock('default', lock)]);
  expect(guard.history()).toHaveLength(1);
  await guard.unlock('default', 'Understood', BEN);
  const next = await reopen();
  await next.lock('default', lock);
  expect(next.bar('default', START)).toBeUndefined();
  await next.lock('default', { why: 'v3 was rolled back', rollout: 'def' });
  expect(next.bar('default', START)).toMatchObject({ rollout: 'def' });
});

test('what was rolled back is remembered by version, once for each rollout', async () => {
  const { guard, reopen } = await setUp();
  const first = { version: 'v2', why: 'Errors', at: START - DAY, rollout: 'abc' };
  await guard.reject('default', first);
  await guard.reject('default', { ...first, why: 'Said twice', at: START });
  expect(guard.rejectionOf('default', 'v2')).toEqual(first);
  expect(guard.rejectionOf('other', 'v2')).toBeUndefined();
  expect(guard.rejectionOf('default', 'v3')).toBeUndefined();
  const again = { version: 'v2', why: 'Slow', at: START, rollout: 'def' };
  await guard.reject('default', again);
  expect((await reopen()).rejectionOf('default', 'v2')).toEqual(again);
});

test('a service may be called as what every object has', async () => {
  const { guard } = await setUp();
  for (const name of ['constructor', '__proto__', 'tostring']) {
    expect(guard.bar(name, START)).toBeUndefined();
    await guard.lock(name, { why: 'Odd' }, ADA);
    expect(guard.bar(name, START)).toMatchObject({ why: 'Odd' });
  }
});

test('the history says who did what, when and why', async () => {
  const { guard, clock } = await setUp();
  const [ada, ben] = [
    { id: 1, name: 'Ada' },
    { id: 2, name: 'Ben' },
  ];
  await guard.freeze({ why: 'Audit' }, ADA);
  clock.at += 1;
  await guard.unfreeze('Over', BEN);
  await guard.lock('default', { why: 'Moving', rollout: 'abc' });
  await guard.unlock('default', 'Moved', BEN);
  await guard.reject('default', { version: 'v2', why: 'Errors', at: START + 5, rollout: 'abc' });
  expect(guard.history()).toEqual([
    { type: 'frozen', why: 'Audit', by: ada, at: START },
    { type: 'unfrozen', why: 'Over', by: ben, at: START + 1 },
    { type: 'locked', service: 'default', why: 'Moving', rollout: 'abc', at: START + 1 },
    { type: 'unlocked', service: 'default', why: 'Moved', by: ben, at: START + 1 },
    { type: 'rejected', service: 'default', version: 'v2', why: 'Errors', rollout: 'abc', at: START + 5 },
  ]);
});

test('what could not be written does not count', async () => {
  const { guard, disk } = await setUp();
  await guard.lock('default', { why: 'Moving' }, ADA);
  disk.full = true;
  await expect(guard.unlock('default', 'Moved', BEN)).rejects.toThrow('No space left');
  await expect(guard.freeze({ why: 'Audit' }, ADA)).rejects.toThrow('No space left');
  expect(guard.bar('default', START)).toMatchObject({ kind: 'lock' });
  expect(guard.bar('other', START)).toBeUndefined();
  disk.full = false;
  await guard.unlock('default', 'Moved', BEN);
  expect(guard.bar('default', START)).toBeUndefined();
});

test('the record stays small, and what is in force or recent of a service outlives all others', async () => {
  const { guard, disk, reopen } = await setUp();
  await guard.lock('quiet', { why: 'For long', rollout: 'first' });
  await guard.reject('quiet', { version: 'v1', why: 'Slow', at: START, rollout: 'first' });
  const sizes: number[] = [];
  for (let i = 0; i < 3 * KEPT; i++) {
    await guard.lock('busy', { why: 'Rolled back', rollout: `r${i}` });
    await guard.reject('busy', { version: `v${i % 7}`, why: 'Errors', at: START, rollout: `r${i}` });
    sizes.push(disk.document?.length ?? 0);
  }
  expect(sizes.at(-1)).toBeLessThan(1.05 * (sizes[2 * KEPT] ?? 0));
  const next = await reopen();
  expect(next.history()).toHaveLength(KEPT);
  expect(next.bar('quiet', START)).toMatchObject({ why: 'For long' });
  expect(next.rejectionOf('quiet', 'v1')).toMatchObject({ why: 'Slow' });
  await next.unlock('quiet', 'Understood', BEN);
  await next.lock('quiet', { why: 'For long', rollout: 'first' });
  expect(next.bar('quiet', START)).toBeUndefined();
});

test('a document of another Sluice’s is named, with what to do', async () => {
  const disk = new Disk();
  disk.document = '{"schema":7}';
  await expect(openGuard(disk, [], new HandClock())).rejects.toThrow(
    "The document 'guard' in the data folder should have schema 1, but has 7.",
  );
});

type Step =
  | { readonly do: 'freeze'; readonly hours: number | undefined }
  | { readonly do: 'unfreeze' | 'reopen' }
  | { readonly do: 'lock'; readonly service: string; readonly rollout: string | undefined }
  | { readonly do: 'unlock'; readonly service: string }
  | { readonly do: 'wait'; readonly hours: number };

const service = fc.constantFrom('a', 'b');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('freeze'),
    hours: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constantFrom('unfreeze', 'reopen') }),
  fc.record({
    do: fc.constant('lock'),
    service,
    rollout: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('unlock'), service }),
  fc.record({ do: fc.constant('wait'), hours: fc.integer({ min: 1, max: 30 }) }),
);

/** The rules again, as plainly as they can be said. */
class Model {
  frozenUntil = Number.NEGATIVE_INFINITY;
  liftedUntil = Number.NEGATIVE_INFINITY;
  readonly locked = new Set<string>();
  readonly used = new Set<string>();

  expected(name: string, now: number): Bar['kind'] | undefined {
    if (this.locked.has(name)) return 'lock';
    return now < this.frozenUntil || (marketOpen(now) && now >= this.liftedUntil) ? 'freeze' : undefined;
  }
}

function marketOpen(now: number): boolean {
  const date = new Date(now);
  const [day, hour] = [date.getUTCDay(), date.getUTCHours()];
  return day >= 1 && day <= 5 && hour >= 13 && hour < 20;
}

test('whatever people do in whatever order, over restarts: only what holds is told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, reopen, ...first } = await setUp([MARKET]);
      let guard: Guard = first.guard;
      const model = new Model();
      for (const one of steps) {
        const now = clock.at;
        switch (one.do) {
          case 'freeze':
            model.frozenUntil = one.hours === undefined ? Number.POSITIVE_INFINITY : now + one.hours * HOUR;
            await guard.freeze({ why: 'w', ...(one.hours && { until: now + one.hours * HOUR }) }, ADA);
            break;
          case 'unfreeze':
            model.frozenUntil = Number.NEGATIVE_INFINITY;
            if (marketOpen(now)) model.liftedUntil = new Date(now).setUTCHours(20, 0, 0, 0);
            await guard.unfreeze('w', BEN);
            break;
          case 'reopen':
            guard = await reopen();
            break;
          case 'lock':
            if (one.rollout === undefined || !model.used.has(one.rollout)) model.locked.add(one.service);
            if (one.rollout !== undefined) model.used.add(one.rollout);
            await guard.lock(one.service, { why: 'w', ...(one.rollout && { rollout: one.rollout }) });
            break;
          case 'unlock':
            model.locked.delete(one.service);
            await guard.unlock(one.service, 'w', BEN);
            break;
          case 'wait':
            clock.at += one.hours * HOUR;
        }
        for (const name of ['a', 'b', 'c']) {
          expect(guard.bar(name, clock.at)?.kind).toBe(model.expected(name, clock.at));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('what Telegram hands over once more after a death is not done once more', async () => {
  const { guard, clock, reopen } = await setUp();
  const orders: ((guard: Guard) => Promise<unknown>)[] = [
    (g) => g.freeze({ why: 'An audit', until: clock.at + HOUR }, { ...ADA, update: 1 }),
    (g) => g.unfreeze('It is over', { ...BEN, update: 2 }),
    (g) => g.lock('api', { why: 'It leaks' }, { ...ADA, update: 3 }),
    (g) => g.unlock('api', 'Mended', { ...BEN, update: 4 }),
  ];
  for (const order of orders) await order(guard);
  await guard.freeze({ why: 'Another' }, { ...ADA, update: 5 });
  await guard.lock('api', { why: 'It leaks again' }, { ...ADA, update: 6 });
  const before = guard.history();

  clock.at += 10 * 60_000;
  const next = await reopen();
  for (const order of orders) await order(next);
  expect(next.history()).toEqual(before);
  expect(next.bar('api', clock.at)).toMatchObject({ kind: 'lock', why: 'It leaks again' });
  expect(next.bar('default', clock.at)).toMatchObject({ kind: 'freeze', why: 'Another' });
});
