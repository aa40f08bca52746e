import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/plan/clock.ts';
import { createEngine } from '../../src/rollout/engine.ts';
import { openGuard } from '../../src/rollout/guard.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { fullJournal } from '../bot/journal.ts';

/** Whatever is asked of it fails the test. */
function untouched<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get: (_, key) => {
      throw new Error(`${name}.${String(key)} was asked for.`);
    },
  });
}

test('a process that died between the last line of a journal and its closing: the next one closes it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-close-'));
  const before = openFileStore(folder);
  const events = fullJournal();
  expect(events.at(-1)?.type).toBe('closed');
  await before.append('k3f9x2ab', 0, events);

  const store = openFileStore(folder);
  const engine = createEngine({
    store,
    guard: await openGuard(store, [], systemClock),
    rolesOf: () => expect.unreachable('Nobody votes.'),
    blind: (_, error) => expect.unreachable(String(error)),
    clock: systemClock,
    hands: {
      cloud: untouched('the cloud'),
      monitor: untouched('the monitor'),
      scripts: untouched('the scripts'),
    },
    changed: () => expect.unreachable('Nothing changes.'),
    progress: () => expect.unreachable('Nothing goes on.'),
    failed: (_, error) => expect.unreachable(String(error)),
  });
  await engine.recover();
  expect(engine.all()).toEqual([]);
  expect(await store.live()).toEqual([]);
  expect(await store.history(9)).toMatchObject([{ id: 'k3f9x2ab', outcome: 'rolled-back' }]);
  expect(await store.read('k3f9x2ab')).toEqual(events);
  await engine.stop();
});
