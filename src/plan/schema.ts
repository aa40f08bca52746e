import * as v from 'valibot';
import { parseDuration } from './duration.ts';
import { WHOLE } from './split.ts';

export type Role = 'operator' | 'approver';

const duration = v.pipe(
  v.string('a duration such as 30m or 2h'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const ms = parseDuration(dataset.value);
    if (ms !== undefined) return ms;
    addIssue({ message: 'a duration such as 30m or 2h' });
    return NEVER;
  }),
);

/** "10 %" or 10: per cent of the traffic, one decimal at most; kept as thousandths. */
const share = v.pipe(
  v.union([v.number(), v.string()], 'a share of the traffic such as 10 %'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const text = String(dataset.value).replace(/\s*%$/, '');
    const thousandths = Math.round(Number(text) * 10);
    if (/^\d+(\.\d)?$/.test(text) && thousandths > 0 && thousandths <= WHOLE) return thousandths;
    addIssue({ message: 'a share of the traffic above 0 % and up to 100 %, with one decimal at most' });
    return NEVER;
  }),
);

const name = v.pipe(v.string('a text'), v.trim(), v.nonEmpty('a text that is not empty'));

const step = v.strictObject({
  /** Thousandths of the traffic that the new version has from this step on. */
  traffic: share,
  /** How long the step is judged before the next one may be asked for. 0 s: not at all. */
  watch: v.optional(duration, '30m'),
});

const steps = v.pipe(
  v.array(step, 'a list of steps'),
  v.minLength(1, 'at least one step'),
  v.check(
    (list) => list.every((s, i) => s.traffic > (list[i - 1]?.traffic ?? 0)),
    'steps that open the gate further each time',
  ),
  v.check((list) => list.at(-1)?.traffic === WHOLE, 'a last step of 100 %'),
);

const smokeTest = v.strictObject({
  path: v.pipe(v.string('a path'), v.startsWith('/', 'a path that begins with /')),
  status: v.optional(v.pipe(v.number('an HTTP status'), v.integer('an HTTP status')), 200),
  /** A regular expression that the body must contain. */
  body: v.optional(v.string('a pattern')),
  /** The answer must come within this time. */
  within: v.optional(duration, '10s'),
});

const service = v.strictObject({
  /** Folder that holds app.yaml, seen from where Sluice runs. */
  source: v.optional(name, '.'),
  smoke: v.optional(v.array(smokeTest, 'a list of smoke tests'), [{ path: '/' }]),
});

const person = v.strictObject({
  id: v.pipe(v.number('the number that Telegram gave this person'), v.integer('a whole number')),
  name,
  roles: v.array(v.picklist(['operator', 'approver'], 'operator or approver'), 'a list of roles'),
});

const section = v.strictObject({
  title: name,
  items: v.pipe(v.array(name, 'a list of items'), v.nonEmpty('at least one item')),
});

const fields = v.strictObject({
  /** The services that may be released to; all that the project has when none is named. */
  services: v.optional(v.record(name, service), {}),
  people: v.optional(v.array(person, 'a list of people'), []),
  checklist: v.optional(v.array(section, 'a list of sections')),
  /** Who is diverted to the new version: per request, by cookie or by address. */
  shardBy: v.optional(v.picklist(['random', 'cookie', 'ip'], 'random, cookie or ip'), 'random'),
  steps: v.optional(steps, [
    { traffic: '10 %', watch: '30m' },
    { traffic: '50 %', watch: '30m' },
    { traffic: '100 %', watch: '0s' },
  ]),
  approval: v.optional(
    v.strictObject({
      /** How many approvers must say yes to a step. */
      needed: v.optional(
        v.pipe(v.number('a number'), v.integer('a whole number'), v.minValue(1, 'at least 1')),
        1,
      ),
      /** Whoever started the rollout does not approve its steps. */
      twoPerson: v.optional(v.boolean('true or false'), true),
      expires: v.optional(duration, '2h'),
      /** How long "Hold" puts a question off. */
      hold: v.optional(duration, '15m'),
    }),
    {},
  ),
  monitoring: v.optional(
    v.strictObject({
      /** Age at which a minute's figures are taken to be complete: Cloud Monitoring shows them up to 4 minutes late. */
      lag: v.optional(duration, '4m'),
    }),
    {},
  ),
});

/** `sluice.yaml`. Whatever it leaves out is as in the built-in plan. */
export const planSchema = v.pipe(
  fields,
  v.forward(
    v.check(
      ({ shardBy, steps }) => shardBy !== 'ip' || steps.every((s) => s.traffic % 10 === 0),
      'whole per cent, which is all that App Engine takes where traffic is split by ip',
    ),
    ['steps'],
  ),
);

export type Plan = Omit<v.InferOutput<typeof planSchema>, 'checklist'> & { checklist: readonly Section[] };
export type Section = v.InferOutput<typeof section>;
export type SmokeTest = v.InferOutput<typeof smokeTest>;
export type Member = v.InferOutput<typeof person>;

/** What the plan says of a service, or what holds for one that it does not name. */
export function serviceOf(plan: Plan, name: string): v.InferOutput<typeof service> {
  return plan.services[name] ?? v.parse(service, {});
}
