import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/rollout/events.ts';
import { RevisionConflict, type Store } from '../../src/rollout/ports.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { pastFor } from './past.ts';

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
  await store.close('abc', pastFor('abc'));
  expect(await store.live()).toEqual(['def']);
  expect(await store.read('abc')).toEqual([event(1)]);
  expect(await openFileStore(folder).read('abc')).toEqual([event(1)]);
});

test('a write cut short leaves the old journal whole', async () => {
  await store.append('abc', 0, [event(1)]);
  // What a crash between writing aside and renaming leaves behind.
  await writeFile(join(folder, 'rollouts', 'live', 'abc.json~'), '{"schema":2,"eve');
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

test.each([
  ['live', 1, 'an older Sluice'],
  ['past', 1, 'an older Sluice'],
  ['live', 3, 'another Sluice'],
  ['live', 'two', 'another Sluice'],
])(
  'a %s journal of schema %j is named as written by %s, and stays as it is',
  async (place, schema, whose) => {
    const path = join(folder, 'rollouts', place, 'abc.json');
    const text = JSON.stringify({ schema, events: [event(1)] });
    await writeFile(path, text);
    const sentence = `${path} should be a journal of schema 2, but has schema ${JSON.stringify(schema)}: ${whose} wrote it. Bring its rollout to an end with that one, or move the file out of the data folder.`;
    await expect(store.read('abc')).rejects.toThrow(sentence);
    await expect(store.append('abc', 1, [event(2)])).rejects.toThrow(sentence);
    await expect(store.append('abc', 0, [event(2)])).rejects.toThrow(sentence);
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

test('documents come and go, and their names stay inside the folder', async () => {
  expect(await store.readDocument('messages/abc')).toBeUndefined();
  await store.writeDocument('messages/abc', { a: 1 });
  expect(await openFileStore(folder).readDocument('messages/abc')).toEqual({ a: 1 });
  await store.removeDocument('messages/abc');
  expect(await store.readDocument('messages/abc')).toBeUndefined();
  await expect(store.writeDocument('../outside', 1)).rejects.toThrow("'../outside' cannot name a document");
  await expect(store.append('../outside', 0, [event(1)])).rejects.toThrow('is not the id of a rollout');
});

test('files are kept byte for byte, and their names stay inside the folder', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(await store.kept('evidence/abc/1.1-scan.pdf')).toBeUndefined();
  await store.keep('evidence/abc/1.1-scan.pdf', bytes);
  expect([...((await openFileStore(folder).kept('evidence/abc/1.1-scan.pdf')) ?? [])]).toEqual([...bytes]);
  await Promise.all([
    store.keep('evidence/abc/1.1-scan.pdf', bytes.slice(0, 5)),
    store.keep('evidence/abc/1.1-scan.pdf', bytes.slice(0, 9)),
  ]);
  expect(await store.kept('evidence/abc/1.1-scan.pdf')).toHaveLength(9);
  expect(await readdir(join(folder, 'kept', 'evidence', 'abc'))).toEqual(['1.1-scan.pdf']);
  for (const name of ['../outside', 'a/../b', 'a//b', '/etc/passwd', '.hidden', 'a\\b', '']) {
    await expect(store.keep(name, bytes)).rejects.toThrow(`'${name}' cannot name a kept file`);
    await expect(store.kept(name)).rejects.toThrow(`'${name}' cannot name a kept file`);
  }
});
