import { parseArgs } from 'node:util';
import { type Cell, type Recording, record, runCell } from './cell.ts';
import { type Chosen, choose } from './choose.ts';
import { playMixtures } from './mixtures.ts';
import { sayPoint } from './points.ts';
import { sayTable } from './report.ts';
import { SCENARIOS } from './scenarios.ts';

/** Real milliseconds: generous, since a machine may have other work to do. */
const PATIENCE = { lost: 60_000, most: 60_000 };

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    scenario: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    all: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '60' },
    workers: { type: 'string', default: '2' },
    list: { type: 'boolean', default: false },
    mixtures: { type: 'string', default: '0' },
  },
});

function whole(name: 'points' | 'seed' | 'minutes' | 'workers' | 'mixtures', least: number): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} should be a whole number of ${least} or more, but is '${values[name]}'.`);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const [seed, workers] = [whole('seed', 0), whole('workers', 1)];
  const end = performance.now() + whole('minutes', 1) * 60_000;
  const only = new RegExp(values.only, 'i');
  say(`seed ${seed}`);
  const mixtures = whole('mixtures', 0);
  if (mixtures > 0) return (await playMixtures(seed, mixtures, end, say)) > 0 ? 1 : 0;

  const wanted = new RegExp(values.scenario, 'i');
  const scenarios = SCENARIOS.filter(({ name }) => wanted.test(name));
  const recordings: Recording[] = [];
  await inTurns(workers, scenarios, async (scenario) => {
    recordings.push(await record(scenario, PATIENCE));
  });
  recordings.sort((a, b) => (a.scenario.name < b.scenario.name ? -1 : 1));
  const every = recordings.flatMap((recording) => recording.points.map((point) => ({ recording, point })));
  const fits = every.filter(({ recording, point }) =>
    only.test(`${recording.scenario.name}: ${sayPoint(point)}`),
  );
  const chosen = values.all ? fits : choose(fits, whole('points', 1), seed);
  say(
    `${every.length} points in ${recordings.length} scenarios, ${fits.length} fit, ${chosen.length} chosen`,
  );
  if (values.list) {
    for (const { recording, point } of chosen) say(`${recording.scenario.name}: ${sayPoint(point)}`);
    return 0;
  }

  const cells: Cell[] = [];
  await inTurns(workers, chosen, async ({ recording, point }: Chosen) => {
    if (performance.now() > end) return;
    const cell = await runCell(recording, point, PATIENCE);
    cells.push(cell);
    const verdict = !cell.struck ? 'not met' : cell.wrong.length === 0 ? 'as without' : 'WRONG';
    say(`${cells.length}/${chosen.length} ${verdict}: ${cell.scenario}: ${sayPoint(point)}`);
    for (const line of cell.wrong) say(`    ${line.replaceAll('\n', '\n    ')}`);
  });
  say(sayTable(cells));
  const wrong = cells.filter(({ wrong }) => wrong.length > 0).length;
  const met = cells.filter(({ struck }) => struck).length;
  say(`${met} deaths, ${cells.length - met} points not met, ${wrong} deviations; seed ${seed}`);
  return wrong > 0 || met === 0 ? 1 : 0;
}

async function inTurns<T>(
  workers: number,
  list: readonly T[],
  work: (one: T) => Promise<void>,
): Promise<void> {
  const left = [...list];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
    }),
  );
}

process.exitCode = await main();
