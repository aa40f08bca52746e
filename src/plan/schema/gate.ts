import * as v from 'valibot';
import { about, duration, share } from '../leaves.ts';
import { climbing, endingOpen, report } from '../rules.ts';

export const shardBy = v.optional(
  v.pipe(
    v.picklist(['random', 'cookie', 'ip'], 'random, cookie or ip'),
    about(
      'Who is sent to the new version: a share of the requests, of the cookies, or of the addresses. With ip, steps are whole per cent.',
    ),
  ),
  'random',
);

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

export const steps = v.optional(
  v.pipe(
    v.array(step, 'a list of steps'),
    v.minLength(1, 'a list of one step or more'),
    about('The gate: each step opens it further, and the last opens it wholly.'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (dataset.typed) report(addIssue, [...climbing(dataset.value), ...endingOpen(dataset.value)]);
    }),
  ),
  [
    { traffic: '10 %', watch: '30m' },
    { traffic: '50 %', watch: '30m' },
    { traffic: '100 %', watch: '0s' },
  ],
);

const COUNT = 'a whole number from 1 on';

export const approval = v.optional(
  v.pipe(
    v.strictObject(
      {
        needed: v.optional(
          v.pipe(
            v.number(COUNT),
            v.integer(COUNT),
            v.minValue(1, COUNT),
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
        remind: v.optional(
          duration(
            'How long before a question expires those who may answer are reminded of it, once. 0s: not at all.',
            '0s',
            '7d',
          ),
          '30m',
        ),
        hold: v.optional(duration('How long "Hold" puts a question off.', '1m', '7d'), '15m'),
        emergency: v.optional(
          v.pipe(
            v.boolean('true or false'),
            about(
              'Whether one approver alone, the starter too, may promote with /emergency and a written reason, where else more persons must say yes.',
            ),
          ),
          true,
        ),
        rollBackAfter: v.optional(
          duration(
            'How long the question to roll back a version that was found bad waits for people; then the rollback is done, if it is still bad and nobody holds it. Left out: it waits for people.',
            '1m',
            '7d',
            '10m',
          ),
        ),
      },
      'a map with needed, twoPerson, expires, remind, hold, emergency and rollBackAfter',
    ),
    about('Who must say yes to a step, and how long they may think.'),
  ),
  {},
);
