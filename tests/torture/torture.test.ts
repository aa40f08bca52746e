import { expect, test } from 'vitest';
import { record, runCell } from './cell.ts';
import { choose } from './choose.ts';
import { sayPoint } from './points.ts';
import { SCENARIOS } from './scenarios.ts';

/** Real milliseconds; the machine may have much else to do. */
const PATIENCE = { lost: 90_000, most: 90_000 };
const SEED = 7;

/** The whole matrix is `npm run torture -- --all`; of each of these so many points, and one that was found wrong once. */
test.each([
  ['rollback from the open question', /after admin services\.patch · set-split/, 1],
  // The tap comes again, and must not take the tick back.
  ['checklist', /after rename journal · item-marked/, 1],
])(
  '%s: killed at %s and %i points besides, it ends as without',
  { timeout: 900_000 },
  async (name, must, deaths) => {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (!scenario) throw new Error(`There is no scenario '${name}'.`);
    const recording = await record(scenario, PATIENCE);
    // What is sent and edited for the figures' sake comes and goes with the moment.
    const sure = recording.points.filter(
      ({ kind, nth }) => nth === 1 && !/edit|Photo|guard|audit/.test(kind),
    );
    const all = sure.map((point) => ({ recording, point }));
    const found = all.find(({ point }) => must.test(sayPoint(point)));
    if (!found) throw new Error(`No run of '${name}' comes by ${must}.`);
    const chosen = [found, ...choose(all, deaths, SEED)];
    const cells = [];
    for (const { point } of chosen) cells.push(await runCell(recording, point, PATIENCE));
    expect(cells.map(({ point, wrong }) => ({ point: sayPoint(point), wrong }))).toEqual(
      cells.map(({ point }) => ({ point: sayPoint(point), wrong: [] })),
    );
    expect(cells.filter(({ struck }) => struck).length).toBeGreaterThan(0);
  },
);
