import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/rollout/events.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { pastOf } from '../../src/rollout/past.ts';
import { type FileStore, openFileStore } from '../../src/store/file-store.ts';
import type { Damage } from '../../src/store/mend.ts';
import { fullJournal } from '../bot/journal.ts';
import { pastFor } from './past.ts';

const NOW = Date.UTC(2026, 10, 22, 14, 25);
const STAMP = 'bad-20261122T142500Z';
const event: Event = { type: 'window-ended', at: 1 };
const lineOf = (events: readonly Event[]) => pastOf(fold(events));

let folder: string;
let store: FileStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-mend-'));
  store = openFileStore(folder);
});

const mend = () => store.mend(NOW, lineOf);
const live = (id: string) => join(folder, 'rollouts', 'live', `${id}.json`);
const history = () => join(folder, 'rollouts', 'history.jsonl');

test('a sound folder, and an empty one, is left as it is', async () => {
  expect(await mend()).toEqual([]);
  await store.append('abc', 0, [event]);
  await store.writeDocument('guard', { schema: 1 });
  await store.close('abc', pastFor('abc'));
  const before = await readdir(folder, { recursive: true });
  expect(await openFileStore(folder).mend(NOW, lineOf)).toEqual([]);
  expect(await readdir(folder, { recursive: true })).toEqual(before);
});

test.each([
  ['is torn', (text: string) => text.slice(0, 300)],
  ['is empty', () => ''],
  ['holds nothing', () => 'null'],
  ['has no events', () => '{"schema":2}'],
])('a journal that %s is put aside, and the others go on', async (_, spoil) => {
  const whole = JSON.stringify({ schema: 2, events: fullJournal() });
  await writeFile(live('abc'), spoil(whole));
  await writeFile(live('def'), JSON.stringify({ schema: 2, events: [event] }));
  const [damage, ...others] = await mend();
  expect(others).toEqual([]);
  expect(damage).toMatchObject({
    file: 'rollouts/live/abc.json',
    kept: `abc.json.${STAMP}`,
    holds: { rollout: 'abc' },
  });
  expect(await readFile(`${live('abc')}.${STAMP}`, 'utf8')).toBe(spoil(whole));
  expect(await store.live()).toEqual(['def']);
  expect(await store.read('def')).toEqual([event]);
});

test('of a torn journal the service is still told, and what to do', async () => {
  const whole = JSON.stringify({ schema: 2, events: fullJournal() });
  await writeFile(live('abc'), whole.slice(0, -5));
  const [damage] = await mend();
  const service = fold(fullJournal()).service;
  expect(damage?.holds).toEqual({ service, rollout: 'abc' });
  expect(damage?.say).toContain(`The rollout abc stands where it was, and nothing is let out of ${service}.`);
  expect(damage?.say).toContain(`/unlock ${service} REASON`);
});

test('a journal of another schema is kept whole, and says who can go on with it', async () => {
  const text = JSON.stringify({ schema: 1, events: fullJournal() });
  await writeFile(live('abc'), text);
  const [damage] = await mend();
  expect(damage?.say).toMatch(/should be a journal of schema 2, but has schema 1: an older Sluice wrote it/);
  expect(damage?.say).toContain('or start the Sluice that wrote it');
  expect(await readFile(`${live('abc')}.${STAMP}`, 'utf8')).toBe(text);
});

test('a history that is lost, or torn at its end, is made anew from its lines and the closed journals', async () => {
  const events = fullJournal();
  const past = lineOf(events);
  await store.append(past.id, 0, events);
  await store.close(past.id, past);
  await store.append('old', 0, [event]);
  await store.close('old', pastFor('old', { endedAt: 3 }));
  await writeFile(history(), `${JSON.stringify(pastFor('old', { endedAt: 3 }))}\n{"id":"k3`);

  store = openFileStore(folder);
  expect(await mend()).toMatchObject([{ file: 'rollouts/history.jsonl', kept: `history.jsonl.${STAMP}` }]);
  expect(await store.history(9)).toEqual([past, pastFor('old', { endedAt: 3 })]);

  await rm(history());
  store = openFileStore(folder);
  const [damage] = await mend();
  expect(damage).toMatchObject({ file: 'rollouts/history.jsonl' });
  expect(damage?.kept).toBeUndefined();
  // The other one is what was closed last, which is written down elsewhere, too.
  expect(await store.history(9)).toEqual([past, pastFor('old', { endedAt: 3 })]);
});

test('a line that cannot be read deep in the history costs no start anything, and is mended when it is met', async () => {
  const events = fullJournal();
  const past = lineOf(events);
  await store.append(past.id, 0, events);
  await store.close(past.id, past);
  await store.append('new', 0, [event]);
  await store.close('new', pastFor('new', { endedAt: past.endedAt + 1 }));
  const spoilt = (await readFile(history(), 'utf8')).replace('{"', '{x');
  await writeFile(history(), spoilt);

  store = openFileStore(folder);
  const found: Damage[] = [];
  const later = { clock: { now: () => NOW }, found: (damage: Damage) => found.push(damage) };
  expect(await store.mend(NOW, lineOf, later)).toEqual([]);
  const listed = [pastFor('new', { endedAt: past.endedAt + 1 }), past];
  expect(await store.history(1)).toEqual(listed.slice(0, 1));
  expect(found).toEqual([]);
  expect(await store.history(9)).toEqual(listed);
  expect(await store.history(9, 'new')).toEqual([past]);
  expect(found).toMatchObject([
    {
      file: 'rollouts/history.jsonl',
      kept: `history.jsonl.${STAMP}`,
      say: 'It was made anew: 1 lines are its own, 1 are from the journals of closed rollouts.',
    },
  ]);
  expect(await readFile(`${history()}.${STAMP}`, 'utf8')).toBe(spoilt);
});

test('word of a closing that cannot be read is no loss: nothing is listed twice', async () => {
  const closing = join(folder, 'rollouts', 'closing.json');
  await store.append('abc', 0, [event]);
  await writeFile(history(), `${JSON.stringify(pastFor('abc'))}\n`);
  await writeFile(closing, '{"past":');
  store = openFileStore(folder);
  expect(await mend()).toMatchObject([{ file: 'rollouts/closing.json', kept: `closing.json.${STAMP}` }]);
  expect(await store.live()).toEqual([]);
  await store.close('abc', pastFor('abc'));
  expect(await store.history(9)).toEqual([pastFor('abc')]);
});

test('documents that cannot be read begin anew, and a lost guard holds everything back', async () => {
  await store.append('abc', 0, [event]);
  await mkdir(join(folder, 'messages'));
  for (const name of ['guard', 'team', 'messages/abc', 'something']) {
    await writeFile(join(folder, `${name}.json`), '{"schema":1,');
  }
  const damages = await mend();
  expect(damages.map(({ file, holds }) => [file, holds]).toSorted()).toEqual([
    ['guard.json', {}],
    ['messages/abc.json', undefined],
    ['something.json', undefined],
    ['team.json', undefined],
  ]);
  expect(await store.readDocument('guard')).toBeUndefined();
  expect(await readFile(join(folder, `guard.json.${STAMP}`), 'utf8')).toBe('{"schema":1,');
});
