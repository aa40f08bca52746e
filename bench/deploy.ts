import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasGcloud } from '../tests/deploy/gcloud-cli.ts';
import { changeThree, writeApp } from './deploy/app.ts';
import { type Contender, gcloud, perProcess, startRunning } from './deploy/contenders.ts';
import { inFolder } from './folder.ts';
import { median, type Row, ratio, summary } from './report.ts';

const WORLD = fileURLToPath(new URL('./deploy/world.ts', import.meta.url));
const RUNS = 3;
const SIZES = [300, 3_000];
/** How many times faster than gcloud. */
const WANTED = 5;
const WANTED_OF_TRAFFIC = 20;

type Names = 'gcloud' | 'the bot' | 'a process';
/** Milliseconds of each run, by what was done and by whom. */
type Times = Map<string, Map<Names, number[]>>;

/**
 * Deploys, a traffic change and a cron deploy against the local App Engine, whose operations end at once: with gcloud,
 * with a process that runs already as the bot does, and with a process for each. Every run has an App Engine of its own,
 * in a process of its own, and they take turns.
 */
export async function measureDeploy(): Promise<Row[]> {
  const hasCli = hasGcloud();
  if (!hasCli)
    process.stderr.write('deploy: gcloud is not installed, so there is nothing to compare with.\n');
  const times: Times = new Map();
  const bot = startRunning();
  await inFolder('deploy', async (folder) => {
    // A bot that has seen no release yet loads what it needs.
    await inWorld(folder, (url) => race('the bot', bot.at(url), join(folder, 'warm'), 100, new Map()));
    for (const files of SIZES) {
      for (let run = 0; run < RUNS; run++) {
        const own = (who: Names) => join(folder, `${files}-${run}-${who}`);
        if (hasCli) {
          await inWorld(folder, (url) =>
            race('gcloud', gcloud(url, join(folder, 'config')), own('gcloud'), files, times),
          );
        }
        await inWorld(folder, (url) => race('the bot', bot.at(url), own('the bot'), files, times));
        await inWorld(folder, (url) => race('a process', perProcess(url), own('a process'), files, times));
      }
    }
  });
  bot.close();
  return Array.from(times).flatMap(([what, by]) => rowsOf(what, by));
}

function rowsOf(what: string, by: ReadonlyMap<Names, readonly number[]>): Row[] {
  const rows = Array.from(by, ([who, values]) => summary(`${what}: ${who}`, 'ms', values));
  const theirs = by.get('gcloud');
  const wanted = what.startsWith('traffic') ? WANTED_OF_TRAFFIC : WANTED;
  for (const who of ['the bot', 'a process'] as const) {
    const ours = by.get(who);
    if (!theirs || !ours) continue;
    const times = median(theirs) / median(ours);
    rows.push(
      ratio(`${what}: ${who} against gcloud`, times, ours.length, who === 'the bot' ? wanted : undefined),
    );
  }
  return rows;
}

async function race(who: Names, contender: Contender, folder: string, files: number, times: Times) {
  async function time(what: string, work: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    await work();
    const ms = performance.now() - begun;
    const by = times.get(what) ?? new Map<Names, number[]>();
    times.set(what, by.set(who, [...(by.get(who) ?? []), ms]));
    process.stderr.write(`  ${what}: ${who} ${ms.toFixed(0)} ms\n`);
  }
  await writeApp(folder, files);
  await time(`first deploy of ${files} files`, () => contender.deploy(folder, 'v2'));
  await changeThree(folder);
  await time(`deploy of ${files} files, 3 changed`, () => contender.deploy(folder, 'v3'));
  if (files === SIZES[0] || !SIZES.includes(files)) {
    await time('traffic change', () => contender.halve());
    await contender.deployCron(folder);
    await time('cron deploy without change', () => contender.deployCron(folder));
  }
}

/** Runs `work` with a local App Engine that holds v1 of a small app. */
async function inWorld(folder: string, work: (url: string) => Promise<void>): Promise<void> {
  const app = join(folder, 'first');
  await writeApp(app, 5);
  // It ends, and tidies up, when this process lets go of it, however that comes about.
  const child = fork(WORLD, [app]);
  const ended = once(child, 'exit');
  try {
    const [url] = await Promise.race([
      once(child, 'message'),
      ended.then(([code]) => {
        throw new Error(`The local App Engine ended with ${code} before it told its address.`);
      }),
    ]);
    await work(String(url));
  } finally {
    child.disconnect();
    await ended;
  }
}
