import { afterEach, expect, test } from 'vitest';
import { builtInPlan } from '../../src/plan/load.ts';
import { BEN, type Team } from '../story/team.ts';
import { AT, begin, eventually, hazardTeam, hits, rule, unleash } from './hazard.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

test('figures that fail, lack the new version, are empty or come late never offer a promotion, and are judged once they are there', {
  timeout: 240_000,
}, async () => {
  team = await hazardTeam({
    steps: [
      { traffic: 100, watch: 10 * 60_000 },
      { traffic: 1_000, watch: 0 },
    ],
    monitoring: { ...builtInPlan().monitoring, lag: 240_000, figures: true, commands: [] },
  });
  team.sandbox.appEngine?.setLoad(1);
  await begin(team);
  const failing = unleash(team, rule(AT.figures, { kind: 'status', code: 500 }));
  await team.press(BEN, 'Promote to 10 %');
  const failed = await team.waitFor(/from 10 % to 100 %\?[\s\S]*the figures cannot be read/);
  expect(words(failed)).toMatch(/Internal error encountered.*try again/);
  expect(words(failed)).not.toMatch(/No requests/);
  expect(await team.buttons()).not.toContain('Promote to 100 %');

  const partial = unleash(team, rule(AT.figures, { kind: 'partial-figures', without: '"v2' }));
  failing();
  await team.waitFor(/▶️ 10 % ⚪ no figures/);
  expect(await team.buttons()).not.toContain('Promote to 100 %');

  const empty = unleash(team, rule(AT.figures, { kind: 'partial-figures', without: '.' }));
  partial();
  await eventually(() => (hits(team as Team).at(-1) ?? 0) >= 2);
  expect(await team.buttons()).not.toContain('Promote to 100 %');

  const late = unleash(team, rule(AT.figures, { kind: 'late-figures', ms: 86_400_000 }));
  empty();
  await eventually(() => (hits(team as Team).at(-1) ?? 0) >= 2);
  expect(await team.buttons()).not.toContain('Promote to 100 %');

  late();
  // What the judge makes of them depends on how busy the machine is.
  await team.waitFor(/▶️ 10 % .* requests?\)/);
});

function words({ text, caption }: { readonly text?: string; readonly caption?: string }): string {
  return text ?? caption ?? '';
}
