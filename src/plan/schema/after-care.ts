import * as v from 'valibot';
import { BUILT_IN_ROUNDS } from '../built-in-rounds.ts';
import { parseDuration } from '../duration.ts';
import { about, duration, text, timeOfDay } from '../leaves.ts';
import { namedOnce, report } from '../rules.ts';
import { RHYTHMS } from '../terms.ts';
import { probes } from './probe.ts';

/** A round that ends sooner would never come. Months and quarters are taken as their shortest. */
const SHORTEST = { hour: '1h', day: '1d', week: '7d', month: '28d', quarter: '90d' } as const;

const round = v.pipe(
  v.strictObject(
    {
      name: v.pipe(text, about('How messages call the round.', 'Daily')),
      every: v.pipe(
        v.picklist(RHYTHMS, 'hour, day, week, month or quarter'),
        about('How often it comes, counted from the end of the rollout.', 'day'),
      ),
      for: v.exactOptional(
        duration(
          'How long after the rollout it goes on coming. Left out: until a newer release takes over.',
          '1h',
          '3650d',
          '7d',
        ),
      ),
      checks: probes('What Sluice looks at; the kinds are below.'),
      tasks: v.optional(
        v.pipe(
          v.array(text, 'a list of texts'),
          about('What people are asked to look after.', ['Read the feedback of the week']),
        ),
        [],
      ),
    },
    'a round such as { name: Daily, every: day, for: 7d, tasks: [Read the feedback] }',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { every, for: span, checks, tasks } = dataset.value;
    const shortest = SHORTEST[every];
    if (span !== undefined && span < (parseDuration(shortest) ?? 0)) {
      const says = `should be ${shortest} or more where 'every' is ${every}, or the round would never come`;
      report(addIssue, [{ path: ['for'], says }]);
    }
    if (checks.length === 0 && tasks.length === 0) {
      report(addIssue, [{ path: [], says: "should have 'checks', 'tasks' or both: there is nothing to do" }]);
    }
  }),
);

export type WrittenRound = v.InferInput<typeof round>;

const rounds = v.optional(
  v.pipe(
    v.array(round, 'a list of rounds'),
    about('What is looked after, and how often. []: nothing.', [
      {
        name: 'Daily',
        every: 'day',
        for: '7d',
        checks: [
          { name: 'errors', kind: 'errors', atMost: '1 %' },
          {
            name: 'signals a day',
            kind: 'logs',
            filter: 'jsonPayload.event="signal"',
            per: '1d',
            atLeast: 3,
          },
        ],
        tasks: ['Compare the signals with the market'],
      },
    ]),
    v.rawCheck(({ dataset, addIssue }) => report(addIssue, namedOnce(dataset.value, 'name'))),
  ),
  () => [...BUILT_IN_ROUNDS],
);

export const afterCare = v.optional(
  v.pipe(
    v.strictObject(
      {
        at: v.optional(
          timeOfDay("When rounds of a day and longer come: a time of day in the plan's zone.", '09:00'),
          '09:00',
        ),
        rounds,
      },
      'a map with at and rounds',
    ),
    about('What is looked after once a release is out.'),
  ),
  {},
);
