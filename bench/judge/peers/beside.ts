import { createJudge } from '../../../src/monitor/judge/create.ts';
import { limitOf } from '../limit.ts';
import { seeded } from '../random.ts';
import type { Outcome } from '../score.ts';
import { drawSpec } from '../spec.ts';
import { wire } from '../wire.ts';
import { simulate } from '../world.ts';
import type { Peer, Word } from './peer.ts';

export const sluice: Peer = (header) => {
  const judge = createJudge(header);
  return (tick) => judge(tick).verdict;
};

/** Draws the window of a seed, the same that `play` draws, and has each peer judge it, tick by tick. */
export function playBeside(seed: number, peers: readonly Peer[]): Outcome[] {
  const random = seeded(seed);
  const world = simulate(drawSpec(random), random);
  const wired = wire(world, String(seed), random);
  const limitAt = limitOf(world, wired, random);
  return peers.map((peer) => {
    const judge = peer(wired.header);
    let last: Word = 'hold';
    for (const tick of wired.ticks) {
      last = judge(tick);
      if (last === 'rollback') return { spec: world.spec, limitAt, rolledBackAt: tick.t, last };
    }
    return { spec: world.spec, limitAt, rolledBackAt: undefined, last };
  });
}
