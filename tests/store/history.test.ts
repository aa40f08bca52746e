import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Event } from '../../src/rollout/events.ts';
import type { Past } from '../../src/rollout/past.ts';
import type { Store } from '../../src/rollout/ports.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { HistoryFile } from '../../src/store/history-file.ts';
import { pastFor } from './past.ts';

const CLOSER = fileURLToPath(new URL('closer.ts', import.meta.url));
const event: Event = { type: 'window-ended', at: 1 };
const ids = (list: readonly Past[]) => list.map(({ id }) => id);

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-history-'));
  store = openFileStore(folder);
});

async function closeNew(id: string, change: Partial<Past> = {}): Promise<void> {
  await store.append(id, 0, [event]);
  await store.close(id, pastFor(id, change));
}

test('what was closed is listed, the last first, page by page', async () => {
  expect(await store.history(10)).toEqual([]);
  for (const id of ['a', 'b', 'c', 'd', 'e']) await closeNew(id);
  expect(await store.history(2)).toEqual([pastFor('e'), pastFor('d')]);
  expect(ids(await store.history(2, 'd'))).toEqual(['c', 'b']);
  expect(ids(await store.history(2, 'b'))).toEqual(['a']);
  expect(ids(await store.history(2, 'a'))).toEqual([]);
  expect(ids(await openFileStore(folder).history(9))).toEqual(['e', 'd', 'c', 'b', 'a']);
});

test('backups are listed without the rollouts that took none', async () => {
  await closeNew('a', { backup: 'backups/a' });
  await closeNew('b', { outcome: 'cancelled' });
  await closeNew('c', { backup: 'backups/c' });
  expect(ids(await store.listBackups(9))).toEqual(['c', 'a']);
  expect(ids(await store.listBackups(1))).toEqual(['c']);
});

test('closed twice, or by two at once, it is listed once; what is not there is not listed', async () => {
  await store.append('a', 0, [event]);
  await Promise.all([store.close('a', pastFor('a')), store.close('a', pastFor('a'))]);
  await store.close('a', pastFor('a'));
  await store.close('none', pastFor('none'));
  expect(ids(await store.history(9))).toEqual(['a']);
});

test('any lines, of any length and in any script, come back from the end of the file', async () => {
  const line = fc.record({
    why: fc.string({ unit: 'grapheme', maxLength: 40 }),
    long: fc.constantFrom(1, 1, 1, 700, 5_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (lines) => {
      const path = join(folder, `${lines.length}-${Math.abs(JSON.stringify(lines).length)}.jsonl`);
      await rm(path, { force: true });
      const written = lines.map(({ why, long }, i) => pastFor(String(i), { why: why.repeat(long) }));
      await writeFile(path, written.map((past) => `${JSON.stringify(past)}\n`).join(''));
      const read: Past[] = [];
      for await (const past of new HistoryFile(path).newestFirst()) read.push(past);
      expect(read).toEqual(written.toReversed());
    }),
    { numRuns: 60 },
  );
});

test('a page costs the same however much was closed before', async () => {
  const path = join(folder, 'rollouts', 'history.jsonl');
  const bytesFor = async (lines: number) => {
    const text = Array.from({ length: lines }, (_, i) => `${JSON.stringify(pastFor(`x${i}`))}\n`).join('');
    await writeFile(path, text);
    const file = await open(path);
    const prototype = Object.getPrototypeOf(file) as { read: (...args: unknown[]) => Promise<unknown> };
    await file.close();
    const read = vi.spyOn(prototype, 'read');
    expect(ids(await store.history(10))[0]).toBe(`x${lines - 1}`);
    const bytes = read.mock.calls.reduce((sum, call) => sum + Number(call[2]), 0);
    read.mockRestore();
    return bytes;
  };
  const few = await bytesFor(2_000);
  expect(few).toBeGreaterThan(0);
  expect(await bytesFor(40_000)).toBe(few);
});

/** The folder as a crash could have left it: after so many of the acts of closing `b`, its line cut where it is told. */
async function crashed(acts: number, cut: number): Promise<string> {
  const left = await mkdtemp(join(tmpdir(), 'sluice-crash-'));
  await cp(folder, left, { recursive: true });
  const rollouts = join(left, 'rollouts');
  const path = join(rollouts, 'history.jsonl');
  const from = (await readFile(path)).length;
  if (acts >= 1)
    await writeFile(join(rollouts, 'closing.json'), JSON.stringify({ past: pastFor('b'), from }));
  if (acts >= 2) await appendFile(path, `${JSON.stringify(pastFor('b'))}\n`.slice(0, cut));
  if (acts >= 3) await rename(join(rollouts, 'live', 'b.json'), join(rollouts, 'past', 'b.json'));
  return left;
}

test('a crash at any moment of closing loses nothing and lists nothing twice', async () => {
  await closeNew('a');
  await store.append('b', 0, [event]);
  await store.append('c', 0, [event]);
  const length = `${JSON.stringify(pastFor('b'))}\n`.length;
  const moments = [
    [0, 0],
    [1, 0],
    ...Array.from({ length }, (_, i) => [2, i + 1] as const).filter(
      ([, cut]) => cut % 5 === 0 || cut > length - 3,
    ),
    [3, length],
  ] as const;
  for (const [acts, cut] of moments) {
    const left = await crashed(acts, cut);
    const next = openFileStore(left);
    const intended = acts > 0;
    expect(ids(await next.history(9))).toEqual(intended ? ['b', 'a'] : ['a']);
    expect((await next.live()).toSorted()).toEqual(intended ? ['c'] : ['b', 'c']);
    // The engine, which cannot know how far it came, closes it again; another one follows.
    await next.close('b', pastFor('b'));
    await next.close('c', pastFor('c'));
    for (const again of [next, openFileStore(left), openFileStore(left)]) {
      expect(ids(await again.history(9))).toEqual(['c', 'b', 'a']);
      expect(await again.live()).toEqual([]);
      expect(await again.read('b')).toEqual([event]);
    }
    await rm(left, { recursive: true });
  }
});

test('killed over and over while it closes, a process leaves each rollout live or listed, never both', async () => {
  const finished = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, ['--import', 'tsx', CLOSER, folder, `r${round}x`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      // Killed at a moment of its own in each round.
      if (out.split('\n').length > 3 + round * 4) child.kill('SIGKILL');
    });
    await once(child, 'close');
    for (const id of out.split('\n').slice(0, -1)) finished.add(id);
  }
  const next = openFileStore(folder);
  const live = await next.live();
  const listed = ids(await next.history(10_000));
  expect(finished.size).toBeGreaterThan(20);
  expect(new Set(listed).size).toBe(listed.length);
  expect([...finished].filter((id) => !listed.includes(id))).toEqual([]);
  expect(live.filter((id) => listed.includes(id))).toEqual([]);
  const past = await readdir(join(folder, 'rollouts', 'past'));
  expect(past.map((name) => name.replace('.json', '')).toSorted()).toEqual(listed.toSorted());
});

test('a line that is no JSON is named, with what to do', async () => {
  const path = join(folder, 'rollouts', 'history.jsonl');
  await writeFile(path, `${JSON.stringify(pastFor('a'))}\nrubbish\n`);
  await expect(store.history(5)).rejects.toThrow(
    `${path} should hold a line of JSON for each rollout, but has 'rubbish'`,
  );
});
