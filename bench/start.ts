import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSluice, stopSluice } from './commands.ts';
import { openDoorstep } from './doorstep.ts';
import { inFolder } from './folder.ts';
import { type Row, summary } from './report.ts';

const RUNS = 11;
/** Of the runs, those that are left alone for a while to be weighed. */
const IDLE_RUNS = 3;
const IDLE_MS = 5_000;
const FULL_RUNS = 5;

/** How soon the bot polls, what it weighs when idle, and how soon the whole local world is there. */
export async function measureStart(): Promise<Row[]> {
  return inFolder('start', async (folder) => [
    ...(await measureRun(folder)),
    summary('start: sluice start to its address', 'ms', await measureFull(folder)),
  ]);
}

async function measureRun(folder: string): Promise<Row[]> {
  const ready: number[] = [];
  const empty: number[] = [];
  const resident: number[] = [];
  const doorstep = await openDoorstep(folder);
  try {
    for (let run = 0; run < RUNS; run++) {
      empty.push(await timeEmptyProgram());
      const { bot, ms } = await doorstep.startBot(join(folder, 'bot'));
      ready.push(ms);
      if (run < IDLE_RUNS) {
        await sleep(IDLE_MS);
        resident.push(residentMegabytes(bot.child.pid ?? -1));
      }
      await stopSluice(bot);
    }
  } finally {
    await doorstep.close();
  }
  return [
    summary('start: an empty program, for comparison', 'ms', empty),
    summary('start: sluice run to its first poll', 'ms', ready, 600),
    summary('start: sluice run, resident when idle', 'MB', resident, 110),
  ];
}

/** What Node takes on this machine at this moment to do nothing: the floor, and a measure of the noise. */
async function timeEmptyProgram(): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' }), 'exit');
  return performance.now() - begun;
}

async function measureFull(folder: string): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < FULL_RUNS; run++) {
    const own = join(folder, `full-${run}`);
    await mkdir(own);
    const begun = performance.now();
    const running = startSluice(['start'], own, { SLUICE_PORT: '0', SLUICE_DATA_DIR: own });
    await running.line(/http:\/\//);
    times.push(performance.now() - begun);
    await stopSluice(running);
  }
  return times;
}

function residentMegabytes(pid: number): number {
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(kilobytes) / 1024;
}
