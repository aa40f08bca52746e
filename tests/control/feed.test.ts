import { expect, test } from 'vitest';
import { createFeed } from '../../src/control/feed.ts';
import type { Rollout } from '../../src/rollout/state.ts';

/** As much of a rollout as the feed looks at. */
function rollout(id: string, effect?: string): Rollout {
  return { id, ...(effect && { pending: { effect: { id: effect } } }) } as Rollout;
}

const LONG = 60_000;

test('what happened before anybody waited is not lost', async () => {
  const feed = createFeed();
  const news = feed.listen('a');
  feed.changed(rollout('a'));
  expect(await news.next(LONG)).toBe('news');
  expect(await news.next(0)).toBe('quiet');
  news.close();
});

test('each listener hears of its own rollout, the last passing line only, and once', async () => {
  const feed = createFeed();
  const [a, also, b] = [feed.listen('a'), feed.listen('a'), feed.listen('b')];
  const waiting = a.next(LONG);
  feed.progress(rollout('a', 'deploy.3'), 'Uploading 1 of 3 files.');
  feed.progress(rollout('a', 'deploy.3'), 'Uploading 2 of 3 files.');
  expect(await waiting).toBe('news');
  for (const listener of [a, also]) {
    expect(listener.take()).toEqual({ effect: 'deploy.3', text: 'Uploading 2 of 3 files.' });
    expect(listener.take()).toBeUndefined();
  }
  expect(await b.next(0)).toBe('quiet');
  for (const listener of [a, also, b]) listener.close();
});

test('a line of an effect that is over is nobody’s', async () => {
  const feed = createFeed();
  const news = feed.listen('a');
  feed.progress(rollout('a'), 'Too late.');
  expect(await news.next(0)).toBe('quiet');
  news.close();
});

test('closing wakes whoever waits, and a closed one hears nothing', async () => {
  const feed = createFeed();
  const [gone, other] = [feed.listen('a'), feed.listen('a')];
  const waiting = gone.next(LONG);
  gone.close();
  expect(await waiting).toBe('quiet');
  feed.changed(rollout('a'));
  expect(await gone.next(LONG)).toBe('quiet');
  expect(await other.next(LONG)).toBe('news');
  other.close();
  const later = feed.listen('a');
  feed.changed(rollout('a'));
  expect(await later.next(LONG)).toBe('news');
  later.close();
});
