import * as v from 'valibot';
import { BUILT_IN_CHECKLIST } from './built-in.ts';
import { about, duration, pattern, serviceName, share, text } from './leaves.ts';
import { climbing, endingOpen, listedOnce, report, wholePercent } from './rules.ts';

// The descriptions, examples and defaults here are what editors, `plan show` and docs/plan.md say.

export type Role = 'operator' | 'approver';

const step = v.strictObject(
  {
    traffic: share('What the new version has from this step on.'),
    watch: v.optional(
      duration('How long the step is judged before the next one may be asked for. 0s: not at all.'),
      '30m',
    ),
  },
  'a step such as { traffic: 10 %, watch: 30m }',
);

const steps = v.pipe(
  v.array(step, 'a list of steps'),
  v.minLength(1, 'a list of one step or more'),
  about('The gate: each step opens it further, and the last opens it wholly.'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) report(addIssue, [...climbing(dataset.value), ...endingOpen(dataset.value)]);
  }),
);

const smokeTest = v.strictObject(
  {
    path: v.pipe(
      v.string('a path such as /healthz'),
      // Two slashes, or a slash and a backslash, begin the address of another host.
      v.regex(/^\/(?![/\\])/, 'a path that begins with one /'),
      about("What is asked for, at the new version's own address.", '/healthz'),
    ),
    status: v.optional(
      v.pipe(
        v.number('an HTTP status from 200 to 599'),
        v.integer('an HTTP status from 200 to 599'),
        v.minValue(200, 'an HTTP status from 200 to 599'),
        v.maxValue(599, 'an HTTP status from 200 to 599'),
        about('The HTTP status that must come. Redirects are not followed.'),
      ),
      200,
    ),
    body: v.optional(
      pattern('What the body must contain. Nothing is asked of it when this is left out.', '"status": ?"ok"'),
    ),
    within: v.optional(duration('The answer must come within this time.', '1s', '60s'), '10s'),
  },
  'a smoke test such as { path: /healthz }',
);

const service = v.strictObject(
  {
    source: v.optional(
      v.pipe(text, about('The folder that holds app.yaml, seen from where Sluice runs.', 'apps/web')),
      '.',
    ),
    smoke: v.optional(
      v.pipe(
        v.array(smokeTest, 'a list of smoke tests'),
        about('Requests that a new version must answer before it gets any traffic. []: none.'),
      ),
      [{ path: '/' }],
    ),
  },
  'a map with source and smoke',
);

const person = v.strictObject(
  {
    id: v.pipe(
      v.number('the whole number that Telegram gave this person'),
      v.safeInteger('the whole number that Telegram gave this person'),
      v.minValue(1, 'the number of a person, which is above 0 (those of groups are below)'),
      about('The number that Telegram gave this person; names can be changed, numbers cannot.', 123456789),
    ),
    name: v.pipe(text, about('How the chat and the journal call this person.', 'Ada')),
    roles: v.pipe(
      v.array(v.picklist(['operator', 'approver'], 'operator or approver'), 'a list of roles'),
      about('operator: starts rollouts and ticks the checklist. approver: opens the gate.', ['operator']),
    ),
  },
  'a person such as { id: 123456789, name: Ada, roles: [operator] }',
);

const section = v.strictObject(
  {
    title: v.pipe(text, about('What the section is about.', 'Testing')),
    items: v.pipe(
      v.array(text, 'a list of texts'),
      v.nonEmpty('a list of one text or more'),
      about('What is ticked, one by one.', ['Run the load test']),
    ),
  },
  'a section with a title and items',
);

const approval = v.pipe(
  v.strictObject(
    {
      needed: v.optional(
        v.pipe(
          v.number('a whole number from 1 on'),
          v.integer('a whole number from 1 on'),
          v.minValue(1, 'a whole number from 1 on'),
          about('How many approvers must say yes to a step.'),
        ),
        1,
      ),
      twoPerson: v.optional(
        v.pipe(
          v.boolean('true or false'),
          about('Whether whoever started a rollout is kept from approving its steps.'),
        ),
        true,
      ),
      expires: v.optional(
        duration('How long a question stays open; after that it is asked anew on demand.', '1m', '7d'),
        '2h',
      ),
      hold: v.optional(duration('How long "Hold" puts a question off.', '1m', '7d'), '15m'),
    },
    'a map with needed, twoPerson, expires and hold',
  ),
  about('Who must say yes to a step, and how long they may think.'),
);

const monitoring = v.pipe(
  v.strictObject(
    {
      lag: v.optional(
        duration(
          "Age at which a minute's figures are taken to be complete: Cloud Monitoring shows them up to 4 minutes late.",
          '0s',
          '1h',
        ),
        '4m',
      ),
    },
    'a map with lag',
  ),
  about('How the figures are read.'),
);

const fields = v.strictObject(
  {
    services: v.optional(
      v.pipe(
        v.record(serviceName, service, 'a map of services by name'),
        about('The services that may be released to; all that the project has when none is named.', {
          default: { source: '.', smoke: [{ path: '/healthz' }] },
        }),
      ),
      {},
    ),
    people: v.optional(
      v.pipe(
        v.array(person, 'a list of people'),
        about(
          'Who may do what. Whoever is not listed changes nothing. []: the chat keeps the team, by /claim and /team.',
          [
            { id: 123456789, name: 'Ada', roles: ['operator'] },
            { id: 987654321, name: 'Ben', roles: ['approver'] },
          ],
        ),
        v.rawCheck(({ dataset, addIssue }) => report(addIssue, listedOnce(dataset.value))),
      ),
      [],
    ),
    checklist: v.optional(
      v.pipe(
        v.array(section, 'a list of sections'),
        about('What people tick before a release begins. []: nothing.', [
          { title: 'Testing', items: ['Run the load test', 'Try the sign-in by hand'] },
        ]),
      ),
      () => [...BUILT_IN_CHECKLIST],
    ),
    shardBy: v.optional(
      v.pipe(
        v.picklist(['random', 'cookie', 'ip'], 'random, cookie or ip'),
        about(
          'Who is sent to the new version: a share of the requests, of the cookies, or of the addresses. With ip, steps are whole per cent.',
        ),
      ),
      'random',
    ),
    steps: v.optional(steps, [
      { traffic: '10 %', watch: '30m' },
      { traffic: '50 %', watch: '30m' },
      { traffic: '100 %', watch: '0s' },
    ]),
    approval: v.optional(approval, {}),
    monitoring: v.optional(monitoring, {}),
  },
  'a map of keys such as people and steps',
);

/** `sluice.yaml`. Whatever it leaves out is as in the built-in plan. */
export const planSchema = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) report(addIssue, wholePercent(dataset.value.shardBy, dataset.value.steps));
  }),
);

export type Plan = Omit<v.InferOutput<typeof planSchema>, 'checklist'> & { checklist: readonly Section[] };
export type Section = v.InferOutput<typeof section>;
export type SmokeTest = v.InferOutput<typeof smokeTest>;
export type Member = v.InferOutput<typeof person>;

/** What the plan says of a service, or what holds for one that it does not name. */
export function serviceOf(plan: Plan, name: string): v.InferOutput<typeof service> {
  const said = Object.hasOwn(plan.services, name) ? plan.services[name] : undefined;
  return said ?? v.parse(service, {});
}
