import { afterEach, expect, test } from 'vitest';
import { BEN, type Team } from '../story/team.ts';
import { begin, CALM, ended, promote, told } from './stage.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

test('slow-burn: found bad before it has all of the traffic, rolled back, the split exactly as before', async () => {
  team = await begin('slow-burn', CALM);
  await promote(team, 10);
  // A fast clock leaves few requests to a minute, and few say little.
  team.sandbox.clock.setSpeed(60);
  await told(team, /begin to fail/);
  const { text = '', caption = text } = await team.waitFor(/looks bad\. Roll back to v1\?/);
  expect(caption).toMatch(/Errors \d+(\.\d+)? % against 0 %/);
  expect(await team.buttons()).not.toContain('Promote to 50 %');
  await team.press(BEN, 'Yes, roll back');
  expect(await ended(team)).toEqual({
    well: true,
    say: 'Rolled back: the split is exactly as before.',
    split: { v1: 1 },
  });
});

test('tail-latency: what is slow in one request of eight alone is found, and rolled back', async () => {
  team = await begin('tail-latency');
  await promote(team, 10);
  team.sandbox.clock.setSpeed(60);
  await told(team, /takes 1\.5 s longer/);
  const { text = '', caption = text } = await team.waitFor(/looks bad\. Roll back to v1\?/);
  expect(caption).toMatch(/p95|p99|Slow answers/);
  expect(caption).not.toMatch(/Errors/);
  await team.press(BEN, 'Yes, roll back');
  expect(await ended(team)).toMatchObject({ well: true, split: { v1: 1 } });
});
