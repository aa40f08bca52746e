import { afterEach, expect, test } from 'vitest';
import { assembleTeam, BEN, prepareRelease, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

test('a restart in the middle of a window loses nothing and asks nothing twice', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam();
  await prepareRelease(team);
  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/Watching at 10 %/);
  await team.restartBot();
  await team.waitFor(/from 10 % to 50 %\?/);
  await team.restartBot();
  await team.press(BEN, 'Promote to 50 %');
  await team.waitFor(/Watching at 50 %/);
  // Thin figures may withdraw a question by right; it is then said in the message.
  const texts = (await team.messages())
    .map((m) => m.text ?? m.caption ?? '')
    .filter((text) => !text.includes('No longer asked'));
  expect(texts.filter((text) => /from 0 % to 10 %\?/.test(text))).toHaveLength(1);
  expect(texts.filter((text) => /from 10 % to 50 %\?/.test(text))).toHaveLength(1);
  expect(texts.filter((text) => /Started by Ada at .* · /.test(text))).toHaveLength(1);
});
