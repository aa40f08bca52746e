import { afterEach, expect, test } from 'vitest';
import { BEN, liveSplit, type Team } from '../story/team.ts';
import { begin, ended, hasTold, promote, SHORT, timesAsked, told } from './stage.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

const LOOKS_BAD = /looks bad\. Roll back/;

test('clean-release: three yeses, and the new version has all of the traffic', async () => {
  team = await begin('clean-release', SHORT);
  for (const percent of [10, 50, 100]) await promote(team, percent);
  const { split, ...end } = await ended(team);
  expect(end).toEqual({ well: true, say: 'The new version has all of the traffic.' });
  expect(Object.values(split)).toEqual([1]);
  expect(await timesAsked(team, LOOKS_BAD)).toBe(0);
});

test('shared-incident: what fails in both versions is not laid to the new one', async () => {
  team = await begin('shared-incident', SHORT);
  await promote(team, 10);
  await told(team, /database staggers/);
  await told(team, /database is well again/);
  await promote(team, 50);
  await promote(team, 100);
  expect(await ended(team)).toMatchObject({ well: true });
  expect(await timesAsked(team, LOOKS_BAD)).toBe(0);
});

test('quiet-night: nothing is offered while there is nothing to judge by, and it goes on in the morning', async () => {
  team = await begin('quiet-night', SHORT);
  await promote(team, 10);
  await told(team, /It is night/);
  team.sandbox.clock.setSpeed(900);
  for (let morning = false; !morning; ) {
    const offered = await team.buttons();
    morning = await hasTold(team, /It is morning/);
    if (!morning) expect(offered).not.toContain('Promote to 50 %');
  }
  team.sandbox.clock.setSpeed(240);
  await promote(team, 50);
  await promote(team, 100);
  expect(await ended(team)).toMatchObject({ well: true, say: 'The new version has all of the traffic.' });
});

test('foreign-hand: the move is noticed and decided about, and the release goes on from there', async () => {
  team = await begin('foreign-hand', SHORT);
  await promote(team, 10);
  await told(team, /at the console/);
  await team.waitFor(/moved by another hand\. What now\?/);
  expect(Object.values(await liveSplit(team)).toSorted()).toEqual([0.3, 0.7]);
  await team.press(BEN, 'Keep it');
  await promote(team, 50);
  await promote(team, 100);
  expect(await ended(team)).toMatchObject({ well: true, say: expect.stringContaining('decided about') });
});

test('app-engine-stuck: the yes is waited for, carried out once App Engine can, and nobody is asked again', async () => {
  team = await begin('app-engine-stuck', SHORT);
  await promote(team, 10);
  const stuck = team;
  await promote(team, 50, () => hasTold(stuck, /does not carry it out/));
  const asked = await timesAsked(team, /from 10 % to 50 %\?/);
  expect(await hasTold(team, /come to itself/)).toBe(false);
  expect(Object.values(await liveSplit(team)).toSorted()).toEqual([0.1, 0.9]);
  await told(team, /come to itself/);
  await promote(team, 100);
  expect(await ended(team)).toMatchObject({ well: true });
  expect(await timesAsked(team, /from 10 % to 50 %\?/)).toBe(asked);
});
