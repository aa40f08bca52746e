import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaledClock } from '../../src/plan/clock.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { startTicker } from '../../src/ticker.ts';
import { engineOn } from '../engine.ts';

/** What this process is started with, as JSON in its first argument. */
export interface CrowdTask {
  readonly folder: string;
  readonly figuresUrl: string;
  /** What the clock reads when the process begins, in milliseconds since the epoch. */
  readonly epoch: number;
  /** Real milliseconds to go on for. */
  readonly ms: number;
}

/** What it sends back. Times in real milliseconds, sizes in bytes. */
export interface CrowdReport {
  readonly rollouts: number;
  readonly recovery: number;
  /** Of each tick in order, from its begin to its end; the first one right after the recovery. */
  readonly ticks: readonly number[];
  /** Verdicts recorded, by answer. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly loop: { readonly p99: number; readonly max: number };
  readonly cpu: number;
  readonly resident: number;
  readonly residentMost: number;
}

const task = JSON.parse(process.argv[2] ?? '') as CrowdTask;
const clock = scaledClock(Date.now(), task.epoch, 1);
const verdicts: Record<string, number> = {};

const engine = await engineOn(openFileStore(task.folder), clock, task.figuresUrl, ({ verdict }) => {
  const answer = verdict?.answer ?? 'none';
  verdicts[answer] = (verdicts[answer] ?? 0) + 1;
});

const loop = monitorEventLoopDelay({ resolution: 10 });
const ticks: Promise<number>[] = [];
const before = process.cpuUsage();
const begun = performance.now();
await engine.recover();
const recovery = performance.now() - begun;

loop.enable();
const stopTicker = startTicker(
  () => {
    const from = performance.now();
    const tick = engine.tick().then(() => performance.now() - from);
    ticks.push(tick);
    return tick.then(() => {});
  },
  (error) => {
    throw error;
  },
);
await sleep(task.ms);
stopTicker();
const durations = await Promise.all(ticks);
loop.disable();
const { user, system } = process.cpuUsage(before);
const report: CrowdReport = {
  rollouts: engine.all().length,
  recovery,
  ticks: durations,
  verdicts,
  loop: { p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 },
  cpu: (user + system) / 1e3,
  resident: process.memoryUsage.rss(),
  residentMost: process.resourceUsage().maxRSS * 1024,
};
process.send?.(report);
await engine.stop();
process.disconnect?.();
