import { describe, expect, test } from 'vitest';
import { type Absence, awayView, isLoud, type Resumed } from '../../src/bot/away.ts';
import { fellDue } from '../../src/health/absence.ts';
import { lookBack } from '../../src/health/return.ts';
import type { Split } from '../../src/plan/split.ts';
import type { Terms } from '../../src/rollout/draft.ts';
import type { Event } from '../../src/rollout/events.ts';
import { fold } from '../../src/rollout/evolve.ts';
import type { Rollout } from '../../src/rollout/state.ts';
import { fullJournal } from '../bot/journal.ts';

const MINUTE = 60_000;
const JOURNAL = fullJournal();

/** The journal as it stood right after the first event of a kind. */
function upTo(type: Event['type'], from = 0): readonly Event[] {
  const at = JOURNAL.findIndex((event, i) => i >= from && event.type === type);
  return JOURNAL.slice(0, at + 1);
}

function absenceAfter(events: readonly Event[], ms: number): Absence {
  const from = events.at(-1)?.at ?? 0;
  return { from, to: from + ms, untold: 0 };
}

function withReminder(terms: Terms, remind: number): Terms {
  return { ...terms, approval: { ...terms.approval, remind } };
}

const kinds = (left: readonly Event[], ms: number) => {
  const { from, to } = absenceAfter(left, ms);
  return fellDue(fold(left), fold(left), from, to).map(({ kind }) => kind);
};

describe('what fell due', () => {
  test('a window that ended, once its last figures can be there', () => {
    const left = upTo('split-set');
    const { stage, terms } = fold(left);
    if (stage.at !== 'watch') throw new Error(`The journal should stand in a window, not at ${stage.at}.`);
    const until = stage.to + terms.watching.lag - (left.at(-1)?.at ?? 0);
    expect(kinds(left, until - 1)).toEqual([]);
    expect(kinds(left, until)).toEqual(['window']);
  });
  test('a question that expired', () => {
    const left = upTo('asked');
    const expires = fold(left).gates.at(-1)?.expires ?? 0;
    const before = expires - (left.at(-1)?.at ?? 0);
    expect(kinds(left, before - 1)).not.toContain('expired');
    expect(kinds(left, before)).toContain('expired');
  });
  test('the reminder of a question, while it has not expired', () => {
    const left = upTo('asked').map((event) =>
      event.type === 'started'
        ? { ...event, draft: { ...event.draft, terms: withReminder(event.draft.terms, 30 * MINUTE) } }
        : event,
    );
    const until = (fold(left).gates.at(-1)?.expires ?? 0) - (left.at(-1)?.at ?? 0);
    expect(kinds(left, until - 30 * MINUTE - 1)).not.toContain('unanswered');
    expect(kinds(left, until - 30 * MINUTE)).toContain('unanswered');
    expect(kinds(left, until)).not.toContain('unanswered');
  });
  test('looks of after-care, one word for each round however many', () => {
    const begun = JOURNAL.findIndex((event) => event.type === 'looked-after');
    const left = JOURNAL.slice(0, begun);
    const { from, to } = absenceAfter(left, 72 * 60 * MINUTE);
    const due = fellDue(fold(left), fold(left), from, to).filter(({ kind }) => kind === 'looks');
    expect(due.length).toBeGreaterThan(0);
    expect(new Set(due.map((one) => 'name' in one && one.name)).size).toBe(due.length);
  });
  test('nothing, while nothing is under way', () => {
    expect(kinds(upTo('started'), 60 * MINUTE)).toEqual([]);
  });
});

describe('what the chat is told', () => {
  const left = upTo('split-set');
  const rollout = fold(left);
  const live = rollout.live as Split;
  const absence = absenceAfter(left, 3 * MINUTE);
  const look = (readSplit: () => Promise<Split | undefined>, rollouts: readonly Rollout[] = [rollout]) =>
    lookBack(absence, { store: { read: async () => left }, rollouts: () => rollouts, readSplit });
  // The last event of before is a moment older than the end of the absence.
  const say = (resumed: readonly Resumed[]) => awayView(absence, resumed, absence.to).html;

  test('quietly that all is as it was', async () => {
    const resumed = await look(async () => live);
    expect(isLoud(resumed)).toBe(false);
    expect(say(resumed)).toMatch(/away for 3 minutes[\s\S]*Nothing fell due[\s\S]*where it was left: .*10 %/);
  });
  test('aloud that the traffic is elsewhere', async () => {
    const resumed = await look(async () => ({ shardBy: 'RANDOM', shares: { v1: 1_000 } }));
    expect(isLoud(resumed)).toBe(true);
    expect(say(resumed)).toMatch(/The traffic is v1 100 %; Sluice left it at .*10 %/);
  });
  test('aloud that it cannot be read', async () => {
    const resumed = await look(() => Promise.reject(new Error('Google says <no>.')));
    expect(isLoud(resumed)).toBe(true);
    expect(say(resumed)).toMatch(/The traffic cannot be read: Google says &lt;no&gt;\./);
  });
  test('nothing of a rollout that began since, nor where there is none', async () => {
    const store = { read: async () => left.map((event) => ({ ...event, at: absence.to })) };
    const ports = { store, rollouts: () => [rollout], readSplit: async () => live };
    expect(await lookBack(absence, ports)).toEqual([]);
    expect(await look(async () => live, [])).toEqual([]);
  });
  test('how often it was away before', async () => {
    const resumed = await look(async () => live);
    expect(awayView({ ...absence, untold: 1 }, resumed, absence.to).html).toMatch(
      /it was away 1 more time since/,
    );
  });
});
