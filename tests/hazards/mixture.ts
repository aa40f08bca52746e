import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seeded } from '../../bench/judge/random.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import type { Event } from '../../src/rollout/events.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { isOver, type Rollout } from '../../src/rollout/state.ts';
import type { StandingRule } from '../../src/sandbox/faults.ts';
import type { Team } from '../story/team.ts';
import { carryOut, choose, goBack, Past } from './deeds.ts';
import { begin, hazardTeam, WIZARD_TAPS } from './hazard.ts';
import { findBroken } from './invariants.ts';
import { befall, canBefall, drawMishap, TOPIC } from './mishaps.ts';
import { appEngineFaults, figureFaults, telegramFaults } from './pick-faults.ts';

/** How one seeded story ended. */
export interface Outcome {
  readonly seed: number;
  readonly end: Rollout['stage']['at'];
  /** What people did, in order. */
  readonly acts: readonly string[];
  /** Requests that a fault has hit. */
  readonly hits: number;
  /** The rules that hit something, in short. */
  readonly faults: readonly string[];
  /** What should hold and did not; empty when all is well. */
  readonly broken: readonly string[];
}

/** Real milliseconds after which the faults pass, so that every story comes to an end. */
const FAULTY_MS = 20_000;
/** Real milliseconds that a story may take; generous, as others may need the machine, too. */
const PATIENCE_MS = 150_000;
/** Real milliseconds after which people who wait for a good verdict in vain go back. */
const VAIN_MS = 15_000;
/** Share of the stories whose windows are judged by figures. */
const BY_FIGURES = 0.3;
const MINUTE = 60_000;

/** What a story is told with: all of it drawn by the seed. */
interface Draw extends ReturnType<typeof drawMishap> {
  readonly seed: number;
  readonly random: () => number;
  readonly byFigures: boolean;
}

/**
 * Plays a release under faults of App Engine, Monitoring and Telegram drawn by the seed, and what else befalls it, with people
 * who promote, hold, roll back and try again, and looks at the end whether what must hold does.
 */
export async function runMixture(seed: number): Promise<Outcome> {
  const random = seeded(seed).uniform;
  const draw: Draw = { seed, random, byFigures: random() < BY_FIGURES, ...drawMishap(random) };
  const team = await hazardTeam({
    approval: {
      needed: 1,
      twoPerson: true,
      expires: 7 * 86_400_000,
      remind: 0,
      hold: 60_000,
      emergency: false,
    },
    afterCare: { at: '09:00', rounds: [] },
    success: { after: 30 * 86_400_000, criteria: [] },
    ...(draw.byFigures && {
      steps: [
        { traffic: 100, watch: 5 * MINUTE },
        { traffic: 500, watch: 5 * MINUTE },
        { traffic: 1_000, watch: 0 },
      ],
      monitoring: { ...builtInPlan().monitoring, lag: MINUTE, figures: true, commands: [] },
    }),
  });
  const { faults } = team.sandbox;
  try {
    team.sandbox.clock.setSpeed(120);
    if (draw.byFigures) team.sandbox.appEngine?.setLoad(1);
    const google = [...appEngineFaults(random), ...(draw.byFigures ? figureFaults(random) : [])];
    // Whoever waits for the wizard in vain begins it again, which is no story.
    const hangs = google.filter(({ fault }) => fault.kind === 'hang');
    for (const rule of google.filter((one) => !hangs.includes(one))) faults.add(rule, 'app-engine');
    await begin(team, draw.mishap === 'topic deleted' ? TOPIC : undefined);
    for (const rule of hangs) faults.add(rule, 'app-engine');
    for (const rule of telegramFaults(random)) faults.add(rule, 'telegram');
    return await play(team, draw);
  } finally {
    faults.clearAll();
    await team.close();
  }
}

async function play(team: Team, { seed, random, byFigures, mishap, after }: Draw): Promise<Outcome> {
  const { faults } = team.sandbox;
  const begun = Date.now();
  const past = new Past(WIZARD_TAPS, random);
  const passing = faults.list().map(({ id }) => id);
  let met: StandingRule[] = [];
  let due = mishap;
  let doneAt = begun;
  const calm = () => {
    if (met.length > 0) return;
    met = faults.list();
    for (const id of passing) faults.clear(id);
  };
  for (;;) {
    if (Date.now() - begun > FAULTY_MS) calm();
    const rollout = await readRollout(team);
    if (rollout && isOver(rollout.stage)) break;
    if (Date.now() - begun > PATIENCE_MS) {
      const stage = rollout ? JSON.stringify(rollout.stage) : 'not begun';
      const chat = (await team.messages()).map((m) => `#${m.message_id} ${m.text ?? m.caption}`).join('\n');
      const faulty = (met.length > 0 ? met : faults.list()).map(sayFault).join('\n');
      throw new Error(
        `Seed ${seed}: after ${PATIENCE_MS / 1000} s it is still at ${stage}. ${past.said.join('; ')}\n${faulty}\n${chat}`,
      );
    }
    if (rollout && due && past.said.length >= after && canBefall(due, rollout)) {
      past.said.push(due);
      await befall(due, team, rollout, calm);
      due = undefined;
      continue;
    }
    const vain = byFigures && !past.wishedBack && Date.now() - Math.max(doneAt, begun + FAULTY_MS) > VAIN_MS;
    const deed = rollout && (vain ? goBack('There is nothing to go by.') : choose(rollout, past));
    if (deed && (await carryOut(team, deed))) {
      past.note(deed);
      doneAt = Date.now();
    } else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  calm();
  faults.clearAll();
  const events = await readJournal(team);
  if (!events) throw new Error(`Seed ${seed}: the journal is gone.`);
  const rollout = fold(events);
  const hit = met.filter(({ hits }) => hits > 0);
  return {
    seed,
    end: rollout.stage.at,
    acts: past.said,
    hits: hit.reduce((sum, { hits }) => sum + hits, 0),
    faults: hit.map(sayFault),
    broken: await findBroken(team, events, past.taps),
  };
}

function sayFault({ server, rule, hits }: StandingRule): string {
  return `${server} ${rule.match.method ?? ''} ${rule.match.path}: ${rule.fault.kind} × ${hits}`;
}

async function readRollout(team: Team): Promise<Rollout | undefined> {
  const events = await readJournal(team);
  return events && fold(events);
}

/** That of the one rollout, as it stands on disk. */
async function readJournal(team: Team): Promise<readonly Event[] | undefined> {
  const folder = join(team.dataDir, 'rollouts', 'live');
  const [name, ...more] = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  if (more.length > 0) throw new Error(`There are ${more.length + 1} live rollouts of one service.`);
  if (name === undefined) return undefined;
  return (JSON.parse(await readFile(join(folder, name), 'utf8')) as { events: Event[] }).events;
}
