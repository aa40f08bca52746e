import * as v from 'valibot';
import { BUILT_IN_CONTINGENCY, BUILT_IN_CRITERIA } from '../built-in-success.ts';
import { about, duration, text } from '../leaves.ts';
import { namedOnce, report } from '../rules.ts';
import { probes } from './probe.ts';

const criterion = v.strictObject(
  {
    text: v.pipe(text, about('What the release must have shown.', '3 to 7 signals a day')),
    checks: probes('All must hold; without any, people are asked.'),
  },
  'a criterion such as { text: The team is content }',
);

export type WrittenCriterion = v.InferInput<typeof criterion>;

export const success = v.optional(
  v.pipe(
    v.strictObject(
      {
        after: v.optional(
          duration('When the verdict is due, counted from the end of the rollout.', '1h'),
          '7d',
        ),
        criteria: v.optional(
          v.pipe(
            v.array(criterion, 'a list of criteria'),
            about('What the verdict rests on. []: there is none.', [
              {
                text: '3 to 7 signals a day',
                checks: [
                  {
                    name: 'signals a day',
                    kind: 'logs',
                    filter: 'jsonPayload.event="signal"',
                    per: '1d',
                    atLeast: 3,
                    atMost: 7,
                  },
                ],
              },
              { text: 'The notifications are clear' },
            ]),
            v.rawCheck(({ dataset, addIssue }) => report(addIssue, namedOnce(dataset.value, 'text'))),
          ),
          () => [...BUILT_IN_CRITERIA],
        ),
      },
      'a map with after and criteria',
    ),
    about('By what a release is told to be a success, and when.'),
  ),
  {},
);

const followUpStep = v.strictObject(
  {
    text: v.pipe(text, about('What is to be done.', 'Find the root causes')),
    within: duration('When it should be done, counted from the verdict.', '1h', '365d', '2d'),
    offer: v.exactOptional(
      v.pipe(
        v.picklist(['rollback', 'calendar'], 'rollback or calendar'),
        about('What the bot offers to do for it: roll back, or a calendar file with the date.', 'calendar'),
      ),
    ),
  },
  'a step such as { text: Find the root causes, within: 2d }',
);

export type WrittenFollowUp = v.InferInput<typeof followUpStep>;

export const contingency = v.optional(
  v.pipe(
    v.array(followUpStep, 'a list of steps'),
    about('What is to be done when the verdict is no. []: nothing.', [
      { text: 'Find the root causes', within: '2d' },
      { text: 'Go back if the causes remain', within: '7d', offer: 'rollback' },
    ]),
    v.rawCheck(({ dataset, addIssue }) => report(addIssue, namedOnce(dataset.value, 'text'))),
  ),
  () => [...BUILT_IN_CONTINGENCY],
);
