import { EDITOR_LINE } from './json-schema.ts';
import { asComment, fillIn, renderKey } from './render.ts';
import { type Key, planShape } from './shape.ts';
import { STARTER_CRITERIA, STARTER_ROUNDS, STARTER_SECTION } from './starter-parts.ts';

/** What is known of a service before anybody has written a plan. */
export interface Found {
  readonly service: string;
  /** The folder with app.yaml, seen from where Sluice runs. */
  readonly source: string;
  /** A path that should answer 200. */
  readonly smokePath: string;
  /** The folder has a cron.yaml. */
  readonly cron: boolean;
  /** The folder stands on a commit of git. */
  readonly commit: boolean;
  /** Scripts of its package.json that should pass before a release, as npm calls them. */
  readonly scripts: readonly Script[];
}

export type Script = 'lint' | 'test';

/** The checklist item that each makes. */
export const SCRIPT_ITEMS = {
  lint: { text: 'No linting errors', run: 'npm run lint' },
  test: { text: 'The tests pass', run: 'npm test' },
} as const satisfies Record<Script, object>;

/** A first `sluice.yaml`: what was found is in force, and all else stands there to be changed. */
export function starterPlan(found: Found): string {
  const inForce = filledIn(found);
  const parts = planShape().keys.map((key) => {
    const value = inForce[key.name];
    if (value !== undefined) return renderKey(key, fillIn(key.shape, value));
    return asComment(renderKey(key, fillIn(key.shape, suggested(key))));
  });
  const head = [
    EDITOR_LINE,
    `# How ${found.service} is released. A # without a space after it keeps a line out of force: list your people where the`,
    '# examples are, unless the chat keeps the team. The other such lines show the default, or an example where there is',
    '# none. Then ask `sluice plan check`.',
    '',
  ].join('\n');
  return [head, ...parts].join('\n');
}

function filledIn({ service, source, smokePath, cron, commit, scripts }: Found): Record<string, unknown> {
  const items = scripts.map((script) => SCRIPT_ITEMS[script]);
  return {
    ...(commit && { version: 'v{date}-{git}' }),
    services: {
      [service]: { source, smoke: [{ path: smokePath }], ...(cron && { cron: 'cron.yaml' }) },
    },
    // The built-in plan is one team's: what only it can tick, look after or judge by is no start for others.
    checklist: [...(items.length > 0 ? [{ title: 'Code', items }] : []), STARTER_SECTION],
    afterCare: { rounds: STARTER_ROUNDS },
    success: { criteria: STARTER_CRITERIA },
  };
}

/** That nobody is listed says little; two people show how it is done. */
function suggested(key: Key): unknown {
  return key.name === 'people' ? key.example : (key.default ?? key.example);
}
