import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { MINUTE } from '../../src/plan/duration.ts';
import { assembleTeam, BEN, prepareRelease, type Team } from '../story/team.ts';
import { settableClock } from './people.ts';

/** Lets the releases' clock run on, while nobody is there to see it. */
async function passTime({ sandbox }: Team, ms: number): Promise<void> {
  const setSpeed = (speed: number) =>
    fetch(`${sandbox.telegram?.url}/_sandbox/speed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ speed }),
    });
  const end = sandbox.clock.now() + ms;
  await setSpeed(600);
  while (sandbox.clock.now() < end) await pause(50);
  await setSpeed(30);
}

async function told(team: Team): Promise<string[]> {
  const words = (await team.messages()).map((message) => message.text ?? '');
  return words.filter((text) => /was away for/.test(text));
}

test('after downtime the chat hears once since when nobody was there, what fell due, and what was found', async () => {
  const peoplesClock = settableClock();
  // Slow enough for a window of half an hour to outlast a restart on a busy machine.
  const team = await assembleTeam(30, {}, { peoplesClock });
  try {
    await prepareRelease(team);
    await team.press(BEN, 'Promote to 10 %');
    await team.waitFor(/Watching at 10 %/);

    // A restart is no absence.
    await team.restartBot();
    await team.restartBot(async () => {
      await passTime(team, 40 * MINUTE);
      peoplesClock.pass(3 * MINUTE);
    });
    const { text = '' } = await team.waitFor(/was away for/);
    expect(text).toMatch(/was away for \d+ minutes, from \d\d:\d\d UTC to \d\d:\d\d UTC, and is back\./);
    expect(text).toMatch(/default: v\d\w+\n/);
    expect(text).toMatch(
      /\d\d:\d\d UTC: the window ended\. Judged now from the figures of that time: . \w+/u,
    );
    expect(text).toMatch(/The traffic is where it was left: .*v\d\w+ 10 %/);

    // A bot that dies again and again says it once.
    await team.restartBot(async () => peoplesClock.pass(3 * MINUTE));
    const life = join(team.dataDir, 'life.json');
    await vi.waitFor(async () => expect(await readFile(life, 'utf8')).toMatch(/"untold": ?1/), 30_000);
    await team.restartBot(async () => peoplesClock.pass(40 * MINUTE));
    await team.waitFor(/it was away 1 more time/);
    expect(await told(team)).toHaveLength(2);
  } finally {
    await team.close();
  }
}, 300_000);
