import { createJudge } from '../../src/monitor/judge/create.ts';
import type { Reply } from '../../src/monitor/judge/protocol.ts';
import { limitOf } from './limit.ts';
import { seeded } from './random.ts';
import type { Outcome } from './score.ts';
import { drawSpec } from './spec.ts';
import { wire } from './wire.ts';
import { simulate, type World } from './world.ts';

export interface Played {
  readonly world: World;
  readonly outcome: Outcome;
  /** The last answer: that of the rollback, or that of the end. */
  readonly reply: Reply | undefined;
  /** Milliseconds of each tick. */
  readonly ticks: readonly number[];
}

/** Draws the window of a seed and has it judged, tick by tick, up to the first "rollback". */
export function play(seed: number): Played {
  const random = seeded(seed);
  const world = simulate(drawSpec(random), random);
  const wired = wire(world, String(seed), random);
  const limitAt = limitOf(world, wired, random);
  const judge = createJudge(wired.header);
  const ticks: number[] = [];
  let reply: Reply | undefined;
  for (const tick of wired.ticks) {
    const begun = performance.now();
    reply = judge(tick);
    ticks.push(performance.now() - begun);
    if (reply.verdict === 'rollback') break;
  }
  const last = reply?.verdict ?? 'hold';
  const rolledBackAt = last === 'rollback' ? reply?.t : undefined;
  return { world, reply, ticks, outcome: { spec: world.spec, limitAt, rolledBackAt, last } };
}
