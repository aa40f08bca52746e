import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seeded } from '../../bench/judge/random.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { isOver, type Rollout } from '../../src/rollout/state.ts';
import type { FaultRule } from '../../src/sandbox/faults.ts';
import { ADA, BEN, type Team } from '../story/team.ts';
import { begin, hazardTeam, WIZARD_TAPS } from './hazard.ts';
import { findBroken } from './invariants.ts';
import { appEngineFaults, telegramFaults } from './pick-faults.ts';

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

/**
 * Plays a release under faults of App Engine and Telegram drawn by the seed, with people who promote, hold, roll back and
 * try again, and looks at the end whether what must hold does.
 */
export async function runMixture(seed: number): Promise<Outcome> {
  const random = seeded(seed).uniform;
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
  });
  try {
    team.sandbox.clock.setSpeed(120);
    for (const rule of appEngineFaults(random)) team.sandbox.faults.add(rule, 'app-engine');
    await begin(team);
    for (const rule of telegramFaults(random)) team.sandbox.faults.add(rule, 'telegram');
    return await play(team, seed, random);
  } finally {
    team.sandbox.faults.clearAll();
    await team.close();
  }
}

async function play(team: Team, seed: number, random: () => number): Promise<Outcome> {
  const { faults } = team.sandbox;
  const acts: string[] = [];
  const met: { rule: FaultRule; server: string; hits: number }[] = [];
  const begun = Date.now();
  const answered = new Set<string>();
  let taps = WIZARD_TAPS;
  for (;;) {
    if (met.length === 0 && Date.now() - begun > FAULTY_MS) {
      met.push(...faults.list());
      faults.clearAll();
    }
    const rollout = await readRollout(team);
    if (rollout && isOver(rollout.stage)) break;
    if (Date.now() - begun > PATIENCE_MS) {
      const stage = rollout ? JSON.stringify(rollout.stage) : 'not begun';
      const chat = (await team.messages()).map((m) => `#${m.message_id} ${m.text ?? m.caption}`).join('\n');
      throw new Error(
        `Seed ${seed}: after ${PATIENCE_MS / 1000} s it is still at ${stage}. ${acts.join('; ')}\n${chat}`,
      );
    }
    const act = rollout && choose(rollout, random, answered);
    const done = act && (await carryOut(team, act));
    if (act && done) {
      acts.push(`${act.who === ADA ? 'Ada' : 'Ben'}: ${act.kind === 'say' ? act.text : act.answer}`);
      answered.add(act.kind === 'say' ? 'rollback' : `${act.gate}/${act.revision}`);
      if (act.kind === 'tap') taps++;
    } else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (met.length === 0) met.push(...faults.list());
  faults.clearAll();
  const rollout = await readRollout(team);
  if (!rollout) throw new Error(`Seed ${seed}: the journal is gone.`);
  const hit = met.filter(({ hits }) => hits > 0);
  return {
    seed,
    end: rollout.stage.at,
    acts,
    hits: hit.reduce((sum, { hits }) => sum + hits, 0),
    faults: hit.map(
      ({ server, rule, hits }) =>
        `${server} ${rule.match.method ?? ''} ${rule.match.path}: ${rule.fault.kind} × ${hits}`,
    ),
    broken: await findBroken(team, rollout, taps),
  };
}

type Deed =
  | {
      readonly kind: 'tap';
      readonly who: number;
      readonly gate: string;
      readonly revision: number;
      readonly answer: string;
    }
  | { readonly kind: 'say'; readonly who: number; readonly text: string };

/** What people do next, if there is anything to do for them. */
function choose(rollout: Rollout, random: () => number, answered: ReadonlySet<string>): Deed | undefined {
  const open = rollout.gates.filter((gate) => !gate.outcome && !answered.has(`${gate.id}/${gate.revision}`));
  const gate = open.find(({ topic }) => topic.kind === 'roll-back') ?? open.at(-1);
  if (!gate) return undefined;
  const tap = (who: number, answer: string): Deed => ({
    kind: 'tap',
    who,
    gate: gate.id,
    revision: gate.revision,
    answer,
  });
  switch (gate.topic.kind) {
    case 'roll-back':
      return tap(ADA, 'yes');
    case 'stuck':
      return tap(ADA, 'retry');
    case 'drift':
      return tap(BEN, 'restore');
    case 'cron':
      return tap(BEN, 'no');
    case 'promote': {
      const luck = random();
      if (luck < 0.15 && rollout.step >= 0) return tap(BEN, 'hold');
      if (luck < 0.3 && !answered.has('rollback'))
        return { kind: 'say', who: ADA, text: '/rollback Chance says so.' };
      return tap(BEN, 'yes');
    }
  }
}

/** @returns whether the deed could be done: a question may not stand in the chat yet. */
async function carryOut(team: Team, deed: Deed): Promise<boolean> {
  if (deed.kind === 'say') {
    await team.send(deed.who, deed.text);
    return true;
  }
  const data = `g/${deed.gate}/${deed.revision}/${deed.answer}`;
  const message = (await team.messages()).findLast((one) =>
    one.reply_markup?.inline_keyboard?.flat().some((button) => button.callback_data === data),
  );
  if (!message) return false;
  await team.pressOn(deed.who, message.message_id, data);
  return true;
}

/** The one rollout, as its journal on disk has it. */
async function readRollout(team: Team): Promise<Rollout | undefined> {
  const folder = join(team.dataDir, 'rollouts', 'live');
  const [name, ...more] = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  if (more.length > 0) throw new Error(`There are ${more.length + 1} live rollouts of one service.`);
  if (name === undefined) return undefined;
  const { events } = JSON.parse(await readFile(join(folder, name), 'utf8'));
  return fold(events);
}
