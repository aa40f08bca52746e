import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { openFileStore } from '../src/store/file-store.ts';
import { START } from '../tests/monitor/simulate.ts';
import { MINUTE } from '../tests/rollout/world.ts';
import { type Query, serveFigures } from './crowd/figures.ts';
import type { CrowdReport, CrowdTask } from './crowd/process.ts';
import { inFolder } from './folder.ts';
import { draftOf, POINTS, playToWindow } from './journals.ts';
import { figure, quantile, type Row, summary } from './report.ts';

const CROWD = 500;
const RUN_MS = 75_000;
/** Traffic, error logs, memory, instances and CPU at the first look; the first two again where the next comes early. */
const MOST_QUERIES = 7;
const PLAYED_UNTIL = START + 15 * MINUTE;
const PROCESS = fileURLToPath(new URL('./crowd/process.ts', import.meta.url));

/**
 * 500 rollouts of 500 services in their windows, in one process without a chat: once as in life, each due at a moment
 * of its own within the minute, and once after ten minutes of downtime, when all are due at the first tick.
 */
export async function measureCrowd(): Promise<Row[]> {
  return [
    ...(await measure('crowd in life', PLAYED_UNTIL)),
    ...(await measure('crowd after downtime', PLAYED_UNTIL + 10 * MINUTE)),
  ];
}

async function measure(name: string, epoch: number): Promise<Row[]> {
  return inFolder('crowd', async (folder) => {
    const dataDir = join(folder, 'bot');
    await assemble(dataDir);
    const server = await serveFigures(POINTS);
    try {
      const report = await run({ folder: dataDir, figuresUrl: server.url, epoch, ms: RUN_MS });
      return rowsOf(name, report, server.queries);
    } finally {
      server.close();
    }
  });
}

/** Begun one after another within a minute, straight through the store. */
async function assemble(dataDir: string): Promise<void> {
  const store = openFileStore(dataDir);
  const limit = pLimit(16);
  const all = Array.from({ length: CROWD }, (_, n) =>
    limit(() => {
      const id = `crowd${String(n).padStart(3, '0')}`;
      const after = (n / CROWD) * MINUTE;
      return store.append(id, 0, playToWindow(draftOf(id, `service-${n}`), after, PLAYED_UNTIL).journal);
    }),
  );
  await Promise.all(all);
}

async function run(task: CrowdTask): Promise<CrowdReport> {
  const child = fork(PROCESS, [JSON.stringify(task)]);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`The crowd's process ended with ${code} and without a report.`);
  });
  const told = once(child, 'message').then(([report]) => report as CrowdReport);
  const report = await Promise.race([told, died]);
  await died.catch(() => process.off('exit', kill));
  return report;
}

function rowsOf(name: string, report: CrowdReport, queries: readonly Query[]): Row[] {
  const { rollouts, recovery, ticks, verdicts, loop, cpu, resident, residentMost } = report;
  const [first = 0, ...later] = ticks;
  const judged = Object.values(verdicts).reduce((sum, n) => sum + n, 0);
  const mb = 1024 ** 2;
  return [
    figure(`${name}: rollouts`, 'count', rollouts, 1),
    figure(`${name}: recovery`, 'ms', recovery, 1),
    figure(`${name}: first tick`, 'ms', first, 1),
    summary(`${name}: later ticks`, 'ms', later),
    figure(`${name}: later ticks, p99`, 'ms', quantile(later, 0.99), later.length, 1_000),
    figure(`${name}: later ticks, longest`, 'ms', Math.max(...later), later.length),
    figure(`${name}: event loop held up, p99`, 'ms', loop.p99, 1),
    figure(`${name}: event loop held up, longest`, 'ms', loop.max, 1),
    figure(
      `${name}: queries of a rollout in a minute, most`,
      'count',
      mostInAMinute(queries),
      queries.length,
      MOST_QUERIES,
    ),
    figure(`${name}: verdicts recorded`, 'count', judged, 1),
    figure(`${name}: verdicts of a failed query`, 'count', verdicts['query-failed'] ?? 0, judged, 0),
    figure(`${name}: CPU in ${RUN_MS / 1_000} s`, 's', cpu / 1_000, 1),
    figure(`${name}: resident at the end`, 'MB', resident / mb, 1),
    figure(`${name}: resident at most`, 'MB', residentMost / mb, 1),
  ];
}

/** The most queries that any one service had within 60 seconds. */
function mostInAMinute(queries: readonly Query[]): number {
  const times = new Map<string, number[]>();
  for (const { service, at } of queries) times.set(service, [...(times.get(service) ?? []), at]);
  const most = (list: readonly number[]) =>
    Math.max(...list.map((from) => list.filter((at) => at >= from && at < from + MINUTE).length));
  return Math.max(0, ...Array.from(times.values(), most));
}
