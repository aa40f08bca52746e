import * as v from 'valibot';
import { about, text } from '../leaves.ts';
import { listedOnce, report } from '../rules.ts';

const ID = 'the whole number that Telegram gave this person';

export const person = v.strictObject(
  {
    id: v.pipe(
      v.number(ID),
      v.safeInteger(ID),
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

export const people = v.optional(
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
);
