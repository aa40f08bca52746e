import { setTimeout as pause } from 'node:timers/promises';
import { differences, type Ending, endingOf, without } from './ending.ts';
import { type Patience, play } from './play.ts';
import { type Point, sayPoint } from './points.ts';
import type { Scenario } from './scenarios.ts';
import { openWorld, type World } from './world.ts';

/** A run without a crash: what it came to, and the points at which another one can be made to die. */
export interface Recording {
  readonly scenario: Scenario;
  readonly ending: Ending;
  readonly points: readonly Point[];
}

/** What became of a run that died at one point. */
export interface Cell {
  readonly scenario: string;
  readonly point: Point;
  /** False: this time the run did not come by the point, so it says nothing. */
  readonly struck: boolean;
  /** What was not as without the crash, a line each. */
  readonly wrong: readonly string[];
  readonly trafficChanges: number;
  readonly messages: number;
  readonly questions: number;
  readonly doubled: number;
  readonly lost: number;
  /** Replies to commands that came more or less often than without the crash. */
  readonly replies: number;
  /** Taps that the chat saw no answer to. */
  readonly unanswered: number;
}

const LOOK_MS = 250;
/** The card is edited every few seconds at most: for so long nothing may have changed. */
const QUIET_MS = 5_000;

export async function record(scenario: Scenario, patience: Patience): Promise<Recording> {
  return inWorld(scenario, undefined, async (world) => {
    const lost = await play(world, scenario.acts, scenario.from, patience);
    if (lost.length > 0) throw new Error(`Without any crash ${lost.join(', ')} was lost.`);
    const ending = await settle(world, patience);
    return { scenario, ending, points: withHalves(world.points.passed) };
  });
}

export async function runCell(
  { scenario, ending }: Recording,
  point: Point,
  patience: Patience,
): Promise<Cell> {
  return inWorld(scenario, point, async (world) => {
    const { lost, problem } = await played(world, scenario, patience);
    const found = await matching(world, ending, patience);
    return {
      scenario: scenario.name,
      point,
      struck: world.points.struck,
      wrong: [
        ...(problem === undefined ? [] : [problem]),
        ...lost.map((act) => `lost: ${act}`),
        ...differences(ending, found),
      ],
      trafficChanges: found.traffic.length,
      messages: found.posts.length + found.replies.length,
      questions: new Set(found.questions).size,
      doubled: without(found.questions, ending.questions).length,
      lost: lost.length,
      replies: without(found.replies, ending.replies).length + without(ending.replies, found.replies).length,
      unanswered: world.answers.filter((answer) => answer === undefined).length,
    };
  });
}

async function played(
  world: World,
  { acts, from }: Scenario,
  patience: Patience,
): Promise<{ lost: string[]; problem?: string }> {
  try {
    return { lost: await play(world, acts, from, patience) };
  } catch (error) {
    return { lost: [], problem: (error as Error).message };
  }
}

async function inWorld<T>(
  { plan, change }: Scenario,
  point: Point | undefined,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const world = await openWorld(plan, change ?? (async () => {}), point);
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

/** Waits until nothing has changed for a while. */
async function settle(world: World, { most }: Patience): Promise<Ending> {
  let before = await endingOf(world);
  for (let waited = 0, quiet = 0; waited <= most && quiet < QUIET_MS; waited += LOOK_MS) {
    await pause(LOOK_MS);
    const now = await endingOf(world);
    quiet = differences(before, now).length === 0 ? quiet + LOOK_MS : 0;
    before = now;
  }
  return before;
}

/** Waits until the end is as wanted; one that never is, is given back as it then stands. */
async function matching(world: World, wanted: Ending, { lost }: Patience): Promise<Ending> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const found = await endingOf(world);
    if (waited > lost || differences(wanted, found).length === 0) return found;
    await pause(LOOK_MS);
  }
}

/** A line that is appended may stand there by half. */
function withHalves(points: readonly Point[]): Point[] {
  const known = new Map(points.map((point) => [sayPoint(point), point]));
  return [...known.values()].flatMap((point) =>
    point.moment === 'before' && point.kind.startsWith('append ')
      ? [point, { ...point, moment: 'half' as const }]
      : [point],
  );
}
