import type { Amount } from './amounts.ts';
import type { Point } from './points.ts';
import type { Signals } from './signals.ts';

/** Fewer requests in a minute do not tell what one of them costs: an instance has work of its own. */
const FEWEST_FOR_CPU = 30;

/**
 * The minutes with what is known of them beside the traffic. What is counted is 0 in a minute that has no point of it, as
 * Cloud Monitoring writes none; what is measured is absent then.
 * @param means names of the metrics that are levels, not counts.
 */
export function attach(points: readonly Point[], signals: Signals, means: readonly string[]): Point[] {
  const errorLogs = signals.errorLogs && byMinute(signals.errorLogs);
  const memory = byMinute(signals.memory);
  const instances = byMinute(signals.instances);
  const cpu = byMinute(signals.cpu);
  const custom = Object.entries(signals.custom).map(([name, amounts]) => ({
    name,
    isMean: means.includes(name),
    at: byMinute(amounts),
  }));
  return points.map((point) => {
    const bytes = memory(point)?.sum;
    const running = instances(point)?.sum ?? 0;
    const work = cpu(point)?.sum;
    const own = custom.flatMap(({ name, isMean, at }) => {
      const amount = at(point);
      if (isMean) return amount ? [[name, amount.sum / amount.count] as const] : [];
      return [[name, amount?.sum ?? 0] as const];
    });
    return {
      ...point,
      ...(errorLogs && { errorLogs: errorLogs(point)?.sum ?? 0 }),
      ...(bytes !== undefined && running > 0 && { memory: bytes / running }),
      ...(work !== undefined && point.requests >= FEWEST_FOR_CPU && { cpu: work / point.requests }),
      ...(own.length > 0 && { custom: Object.fromEntries(own) }),
    };
  });
}

function byMinute(amounts: readonly Amount[] = []): (point: Point) => Amount | undefined {
  const found = new Map(amounts.map((amount) => [`${amount.arm} ${amount.minute}`, amount]));
  return ({ arm, minute }) => found.get(`${arm} ${minute}`);
}
