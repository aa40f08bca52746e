import { judge, type Point } from '../src/monitor/index.ts';
import { builtInPlan } from '../src/plan/load.ts';
import type { Verdict } from '../src/plan/verdict.ts';
import { items } from '../src/rollout/checklist.ts';
import type { Draft } from '../src/rollout/draft.ts';
import { observationDue } from '../src/rollout/observation.ts';
import { START, simulate } from '../tests/monitor/simulate.ts';
import { ADA, BEN, DRAFT, MINUTE, World } from '../tests/rollout/world.ts';

/** The share of the first step; the figures are those of a service with 20 requests a second. */
const SHARE = 0.1;
const WATCH_MIN = 30;
const TRAFFIC = { seed: 7, perSecond: 20, share: SHARE, minutes: WATCH_MIN, baseErrors: 2e-3 };

const SECOND = 1_000;

/** Half an hour of a healthy canary, oldest first, from `START` on. */
export const POINTS: readonly Point[] = simulate({ ...TRAFFIC, canaryErrors: TRAFFIC.baseErrors });

/** A rollout as the built-in plan begins it. */
export function draftOf(id: string, service: string): Draft {
  return { ...DRAFT, id, service, terms: { ...DRAFT.terms, checklist: builtInPlan().checklist } };
}

/**
 * A rollout in the window of its first step, played through the pure heart, with a real verdict for each minute.
 * @param after milliseconds by which it began later than `START`.
 * @param until it is played for as long as its next second does not pass this instant.
 */
export function playToWindow(draft: Draft, after: number, until: number): World {
  const world = new World(draft);
  world.wait(after);
  world.act({ type: 'mark', items: [...items(draft).keys()], mark: { kind: 'done' } }, ADA);
  finishAll(world);
  world.answer('promote', 'yes', BEN);
  finishAll(world);
  // The last minute second by second, as it is ticked in life: each rollout is judged at its own moment.
  for (const step of [MINUTE, SECOND]) {
    while (world.now + step <= until) {
      world.wait(step);
      judgeMinute(world);
    }
  }
  return world;
}

/** The same through its whole window, then taken back: about 70 events. */
export function playToRollback(draft: Draft): World {
  const world = playToWindow(draft, 0, START + 36 * MINUTE);
  world.act({ type: 'roll-back', reason: 'It smells.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  finishAll(world);
  world.record({ type: 'closed' });
  return world;
}

/** One effect after the other, until people or time are waited for. */
function finishAll(world: World): void {
  while (world.rollout.pending) world.finish('done');
}

function judgeMinute(world: World): void {
  const window = observationDue(world.rollout, world.now);
  if (!window) return;
  world.record({ type: 'judged', verdict: verdictAfter((window.to - window.from) / MINUTE, window.to) });
  world.settle();
}

const verdicts = new Map<number, Verdict>();

/** Judging is what the crowd is measured for; here once for each length of a window is enough. */
function verdictAfter(minutes: number, through: number): Verdict {
  let verdict = verdicts.get(minutes);
  if (!verdict) {
    const seen = POINTS.filter((point) => point.minute < START + minutes * MINUTE);
    verdict = judge({ from: START, canaryShare: SHARE, durationMin: WATCH_MIN, history: [] }, seen);
    verdicts.set(minutes, verdict);
  }
  return { ...verdict, through };
}
