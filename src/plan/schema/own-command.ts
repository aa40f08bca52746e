import * as v from 'valibot';
import { about, duration, text } from '../leaves.ts';
import { namedOnce, report } from '../rules.ts';

/** A shell line. */
export const run = (what: string, example: string) => v.pipe(text, about(what, example));

/** How long a command may take, in real time. */
export const within = v.optional(
  duration('Whatever takes longer is ended and counts as failed.', '1s', '24h'),
  '5m',
);

/** One of the team's own commands: exit code 0 is a yes. */
const ownCommand = v.strictObject(
  {
    name: v.pipe(text, about('How messages call the command.', 'load test')),
    run: run("What the shell runs in the service's folder. Exit code 0 is a yes.", 'npm run load-test'),
    within,
  },
  'a command such as { name: load test, run: npm run load-test }',
);

/**
 * A list of the team's own commands, none unless the plan says so.
 * @param what the key's description.
 * @param example how one is written.
 */
export function ownCommands(what: string, example: { readonly name: string; readonly run: string }) {
  return v.optional(
    v.pipe(
      v.array(ownCommand, 'a list of commands'),
      about(what, [example]),
      v.rawCheck(({ dataset, addIssue }) => report(addIssue, namedOnce(dataset.value, 'name'))),
    ),
    [],
  );
}
