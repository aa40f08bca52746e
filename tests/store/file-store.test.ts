import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/rollout/events.ts';
import { RevisionConflict, type Store } from '../../src/rollout/ports.ts';
import { openFileStore } from '../../src/store/file-store.ts';

const event = (at: number): Event => ({ type: 'window-ended', at });

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-store-'));
  store = openFileStore(folder);
});

test('what was appended is there for the next process', async () => {
  await store.append('abc', 0, [event(1)]);
  await store.append('abc', 1, [event(2), event(3)]);
  expect(await openFileStore(folder).read('abc')).toEqual([event(1), event(2), event(3)]);
});

test('of two that append to the same revision one is turned away, and nothing of it is kept', async () => {
  await store.append('abc', 0, [event(1)]);
  const both = await Promise.allSettled([
    store.append('abc', 1, [event(2)]),
    store.append('abc', 1, [event(3)]),
  ]);
  expect(both.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
  expect((both[1] as PromiseRejectedResult).reason).toBeInstanceOf(RevisionConflict);
  expect(await openFileStore(folder).read('abc')).toEqual([event(1), event(2)]);
});

test('a closed rollout is no longer live and can still be read', async () => {
  await store.append('abc', 0, [event(1)]);
  await store.append('def', 0, [event(1)]);
  await store.close('abc');
  expect(await store.live()).toEqual(['def']);
  expect(await store.read('abc')).toEqual([event(1)]);
  expect(await openFileStore(folder).read('abc')).toEqual([event(1)]);
});

test('a write cut short leaves the old journal whole', async () => {
  await store.append('abc', 0, [event(1)]);
  // What a crash between writing aside and renaming leaves behind.
  await writeFile(join(folder, 'rollouts', 'live', 'abc.json.new'), '{"schema":1,"eve');
  const next = openFileStore(folder);
  expect(await next.live()).toEqual(['abc']);
  expect(await next.read('abc')).toEqual([event(1)]);
  await next.append('abc', 1, [event(2)]);
  expect(await readdir(join(folder, 'rollouts', 'live'))).toEqual(['abc.json']);
});

test('a journal that is no JSON is named, with what to do', async () => {
  const path = join(folder, 'rollouts', 'live', 'abc.json');
  await writeFile(path, '{"schema":');
  await expect(store.read('abc')).rejects.toThrow(`${path} should hold JSON but does not`);
  expect(await readFile(path, 'utf8')).toBe('{"schema":');
});

test('documents come and go, and their names stay inside the folder', async () => {
  expect(await store.readDocument('messages/abc')).toBeUndefined();
  await store.writeDocument('messages/abc', { a: 1 });
  expect(await openFileStore(folder).readDocument('messages/abc')).toEqual({ a: 1 });
  await store.removeDocument('messages/abc');
  expect(await store.readDocument('messages/abc')).toBeUndefined();
  await expect(store.writeDocument('../outside', 1)).rejects.toThrow("'../outside' cannot name a document");
  await expect(store.append('../outside', 0, [event(1)])).rejects.toThrow('is not the id of a rollout');
});
