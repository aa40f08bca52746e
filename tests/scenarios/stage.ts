import { expect } from 'vitest';
import { builtInPlan } from '../../src/plan/load.ts';
import type { Plan } from '../../src/plan/schema.ts';
import type { PanelState, Play } from '../../src/sandbox/panel/state.ts';
import { assembleTeam, BEN, liveSplit, prepareRelease, type Team } from '../story/team.ts';

/** In real milliseconds, on a machine that is busy with other tests. */
export const PATIENCE = { timeout: 120_000, interval: 100 };

const MINUTE = 60_000;

/** A test's machine is busy with others, so that latencies and memory are nobody's doing: only errors have a say. */
export const CALM: Partial<Plan> = {
  monitoring: {
    ...builtInPlan().monitoring,
    say: { errors: 'usual', latency: 'advisory', memory: 'advisory', cpu: 'advisory', errorLogs: 'advisory' },
  },
};

/** For what does not happen within a window, too: the story is not one of waiting. */
export const SHORT: Partial<Plan> = {
  ...CALM,
  steps: [
    { traffic: 100, watch: 10 * MINUTE },
    { traffic: 500, watch: 10 * MINUTE },
    { traffic: 1000, watch: 0 },
  ],
};

/** What the panel of a page is told. */
export async function panelOf(url: string): Promise<PanelState> {
  return (await (await fetch(`${url}/_sandbox/panel`)).json()) as PanelState;
}

/** A team in the middle of a scenario, at its first question. */
export async function begin(name: string, change: Partial<Plan> = {}): Promise<Team> {
  const team = await assembleTeam(240, change);
  team.sandbox.appEngine?.play(name);
  await prepareRelease(team);
  return team;
}

export async function playOf(team: Team): Promise<Play> {
  const { play } = await panelOf(team.sandbox.telegram?.url ?? '');
  if (!play) throw new Error('Nothing is played.');
  return play;
}

/** Whether a sentence of the scenario's was told. */
export async function hasTold(team: Team, words: RegExp): Promise<boolean> {
  return (await playOf(team)).told.some(({ say }) => words.test(say));
}

/** Waits until a sentence of the scenario's was told. */
export async function told(team: Team, words: RegExp): Promise<void> {
  await expect.poll(() => hasTold(team, words), PATIENCE).toBe(true);
}

/** Waits for the ending, which leaves a calm world, and gives it with the split that it left. */
export async function ended(team: Team): Promise<{ well: boolean; say: string; split: object }> {
  const url = team.sandbox.telegram?.url ?? '';
  await expect.poll(async () => (await playOf(team)).ended !== undefined, PATIENCE).toBe(true);
  const { load, faults, services, play } = await panelOf(url);
  expect({ load, faults }).toEqual({ load: { perSecond: 3 }, faults: [] });
  for (const { versions } of services) for (const { trouble } of versions) expect(trouble).toEqual({});
  const { well = false, say = '' } = play?.ended ?? {};
  return { well, say, split: await liveSplit(team) };
}

/**
 * Ben says yes to a step until `done`. A yes counts for what was shown: where the figures have changed by the tap, nothing is
 * moved, and it is asked anew.
 */
export async function promote(team: Team, percent: number, done = () => has(team, percent)): Promise<void> {
  const label = `Promote to ${percent} %`;
  const press = async () => {
    for (const { message_id: id, reply_markup: markup } of (await team.messages()).toReversed()) {
      const button = markup?.inline_keyboard?.flat().find(({ text }) => text === label);
      if (button?.callback_data) return team.pressOn(BEN, id, button.callback_data);
    }
    return undefined;
  };
  await expect
    .poll(
      async () => {
        if (await done()) return true;
        await press();
        return false;
      },
      { ...PATIENCE, interval: 500 },
    )
    .toBe(true);
}

/** Whether the new version has so many per cent of the traffic. */
async function has(team: Team, percent: number): Promise<boolean> {
  const { v1 = 0 } = await liveSplit(team);
  return Math.abs(1 - v1 - percent / 100) < 1e-6;
}

/** How often the chat has a question of these words that was not withdrawn. */
export async function timesAsked(team: Team, words: RegExp): Promise<number> {
  const texts = (await team.messages()).map(({ text = '', caption = text }) => caption);
  return texts.filter((text) => words.test(text) && !text.includes('No longer asked')).length;
}
