import type * as v from 'valibot';
import { type DecideOptions, type Decision, prepare } from './decide.ts';
import type { MinuteFigures } from './figures.ts';
import {
  type headerSchema,
  type PointLine,
  type Reply,
  type tickSchema,
  toFigures,
  toHeader,
  upsert,
} from './protocol.ts';
import { reasonsFor } from './reasons.ts';

type Header = v.InferOutput<typeof headerSchema>;
type Tick = v.InferOutput<typeof tickSchema>;

/**
 * A judge of one window, in the terms of the line protocol. Every tick is judged anew from all points so far: late and
 * corrected points simply count, and their order does not.
 */
export function createJudge(line: Header, options?: DecideOptions): (tick: Tick) => Reply {
  const header = toHeader(line);
  const decide = prepare(header, options);
  const points = new Map<string, PointLine>();
  const minutes = new Map<string, MinuteFigures>();
  return ({ id, t, points: fresh }) => {
    for (const point of fresh) {
      const key = `${point.v} ${point.m}`;
      const merged = upsert(points.get(key), point);
      points.set(key, merged);
      minutes.set(key, toFigures(merged));
    }
    const decision = decide([...minutes.values()], t);
    return {
      id,
      t,
      verdict: verdictOf(decision, t >= header.durationMin),
      evidence: round(decision.evidence),
      metrics: Object.fromEntries(decision.findings.map((f) => [f.channel, round(f.evidence)])),
      reasons: reasonsFor(decision),
    };
  };
}

function verdictOf(decision: Decision, ended: boolean): Reply['verdict'] {
  if (decision.kind === 'bad') return 'rollback';
  if (decision.kind === 'good') return ended ? 'promote' : 'continue';
  if (decision.kind === 'doubtful' && !ended) return 'continue';
  return 'hold';
}

function round(nats: number): number {
  return Math.round(nats * 100) / 100;
}
