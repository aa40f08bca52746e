import { expect, test } from 'vitest';
import { createFeed, type Feed } from '../../src/control/feed.ts';
import { follow } from '../../src/control/follow.ts';
import type { Line } from '../../src/control/protocol.ts';
import { ADA, BEN, CLEO, DRAFT, MINUTE, START, World } from '../rollout/world.ts';

const clock = { now: () => START, sleep: () => Promise.reject(new Error('Nobody sleeps here.')) };

function stream(world: World, after = 0, feed: Feed = createFeed(), signal = new AbortController().signal) {
  return follow('abc', after, { store: { read: async () => [...world.journal] }, feed, clock }, signal);
}

async function linesOf(world: World, after = 0): Promise<Line[]> {
  // Of one that is not over the lines never end.
  expect(world.rollout.endedAt).toBeDefined();
  const lines: Line[] = [];
  for await (const line of stream(world, after)) if (line) lines.push(line);
  return lines;
}

const wordsOf = (lines: Line[]) => lines.map((line) => line.text);

/** All the way out, with a hold, an expiry and a weak verdict on the way. */
function released(): World {
  const world = new World();
  world.prepare();
  world.act({ type: 'hold', reason: 'Lunch.' }, BEN);
  world.act({ type: 'resume' }, BEN);
  world.wait(DRAFT.terms.approval.expires);
  world.wait(MINUTE);
  world.act({ type: 'ask-again' }, ADA);
  world.open('too-little-traffic');
  world.answer('promote', 'overrule', BEN, 'It is a holiday');
  world.finish('done');
  for (let minute = 0; minute < 40; minute++) {
    world.wait(MINUTE);
    world.judge('good');
  }
  world.open();
  return world;
}

function takenBack(): World {
  const world = new World();
  world.prepare();
  world.open('bad');
  world.answer('roll-back', 'yes', BEN);
  world.finish('done');
  world.finish('done');
  return world;
}

function meddledWith(): World {
  const world = new World();
  world.cron = { create: ['a'], remove: [], same: 0 };
  world.prepare();
  world.answer('cron', 'yes', ADA);
  world.finish('failed');
  world.answer('stuck', 'retry', ADA);
  world.finish('done');
  world.finish('done');
  world.answer('promote', 'yes', BEN);
  world.finish('drift');
  world.answer('drift', 'no', BEN);
  return world;
}

test('a release is told from its beginning to its end', async () => {
  const words = wordsOf(await linesOf(released()));
  expect(words[0]).toBe(
    'default: Ada began the release of v2, from the folder app. Rollout abc. Waiting for the checklist in the chat: 2 items open.',
  );
  expect(words[1]).toBe('The checklist is done.');
  expect(words).toEqual(
    expect.arrayContaining([
      'Promote v2 to 10 %? Waiting for an answer in the chat, which expires in 2 hours.',
      'Ben holds it: Lunch.',
      'Nobody answered in time. The chat offers to ask again.',
      'Ada has it asked again.',
      'Traffic: v1 90 %, v2 10 %. Watching for 30 minutes, until 14:31 UTC.',
      '10 %: watching, 12 of 30 minutes, too little traffic to tell. It is too-little-traffic. Errors 0.00 % against 0.00 % (100 requests).',
      'Ben goes on all the same: It is a holiday',
      '50 %: watching, 30 of 30 minutes, good. Errors 0.00 % against 0.00 % (100 requests).',
    ]),
  );
  expect(words.at(-1)).toBe('Done: v2 has all of the traffic.');
});

test('a bad verdict leads back, and says why', async () => {
  const lines = await linesOf(takenBack());
  const words = wordsOf(lines);
  expect(words).toContain(
    'Roll back to v1? It is bad. Waiting for an answer in the chat, which expires in 2 hours.',
  );
  expect(lines.at(-1)).toMatchObject({
    type: 'end',
    outcome: 'rolled-back',
    text: 'Rolled back: It is bad. Traffic: v1 100 %.',
  });
});

test('what stops it is told with its reason, and so is the end that leaves traffic where it is', async () => {
  const words = wordsOf(await linesOf(meddledWith()));
  expect(words).toEqual(
    expect.arrayContaining([
      'May the cron jobs change: 1 created? Waiting for an answer in the chat.',
      'Stopped: It did not work. Waiting for an answer in the chat.',
      'Ada has it tried again.',
      'Cron jobs: 1 created.',
      'Traffic was moved by another hand: v1 70 %, v0 30 %.',
      'Ben says no.',
    ]),
  );
  expect(words.at(-1)).toMatch(/^Cancelled\. No traffic was moved by it\.$|^Stopped\./);
});

test.each([
  ['out', released],
  ['back', takenBack],
  ['stopped', meddledWith],
])('whoever comes back at any revision hears the rest and nothing twice: %s', async (_, play) => {
  const world = play();
  const whole = await linesOf(world);
  for (const line of whole) expect(line.text).not.toMatch(/undefined|NaN|\[object|\.\.$/);
  for (let after = 0; after <= world.journal.length; after++) {
    const rest = whole.filter((line) => line.type === 'end' || ('revision' in line && line.revision > after));
    expect(await linesOf(world, after)).toEqual(rest);
  }
});

test('it follows a rollout as it goes, with what passes', async () => {
  const world = new World();
  const feed = createFeed();
  const heard = stream(world, 0, feed);
  const next = async () => {
    for (;;) {
      const { value, done } = await heard.next();
      if (done || value) return value;
    }
  };
  expect((await next())?.text).toMatch(/began the release/);
  const waiting = next();
  world.act({ type: 'mark', items: ['1.1', '1.2'], mark: { kind: 'done' } }, ADA);
  feed.changed(world.rollout);
  expect((await waiting)?.text).toBe('The checklist is done.');
  expect((await next())?.text).toMatch(/^Looking whether/);
  feed.progress(world.rollout, 'Half of it.');
  expect(await next()).toEqual({ type: 'passing', at: START, text: 'Half of it.' });
  const last = next();
  world.act({ type: 'cancel' }, ADA);
  feed.changed(world.rollout);
  expect((await last)?.text).toBe('Ada cancels it.');
  expect(await next()).toMatchObject({ type: 'end', outcome: 'cancelled' });
  expect(await next()).toBeUndefined();
});

test('an attempt that was refused is nobody’s progress', async () => {
  const world = new World();
  world.act({ type: 'cancel' }, CLEO);
  world.act({ type: 'cancel' }, ADA);
  expect((await linesOf(world)).map((line) => line.text)).toEqual([
    expect.stringMatching(/began the release/),
    'Ada cancels it.',
    'Cancelled. No traffic was moved by it.',
  ]);
});

test('whoever goes away is no longer listened for', async () => {
  const gone = new AbortController();
  const heard = stream(new World(), 0, createFeed(), gone.signal);
  expect((await heard.next()).value?.type).toBe('event');
  const waiting = heard.next();
  gone.abort();
  expect((await waiting).done).toBe(true);
});
