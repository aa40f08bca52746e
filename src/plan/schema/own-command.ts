import * as v from 'valibot';
import { splitCommand } from '../command-words.ts';
import { about, duration, text } from '../leaves.ts';
import { type Breach, namedOnce, report } from '../rules.ts';

/** A command with its arguments. */
export const run = (what: string, example: string) => v.pipe(text, about(what, example));

/** Whether a shell runs it. */
export const shell = v.optional(
  v.pipe(
    v.boolean('true or false'),
    about('Whether the shell runs it, for pipes, patterns and variables other than those of a rollout.'),
  ),
  false,
);

/** How long a command may take, in real time. */
export const within = v.optional(
  duration('Whatever takes longer is ended and counts as failed.', '1s', '24h'),
  '5m',
);

/** What asks for a shell says so: what people wrote as a reason, say, never becomes part of a line that one reads. */
export function runnable({ run, shell }: { readonly run?: string; readonly shell?: boolean }): Breach[] {
  if (shell || run === undefined) return [];
  const split = splitCommand(run);
  if ('words' in split) return [];
  const says = `should be a program and its arguments, but ${split.fault}. Add shell: true to have the shell run it`;
  return [{ path: ['run'], says }];
}

/** One of the team's own commands: exit code 0 is a yes. */
const ownCommand = v.pipe(
  v.strictObject(
    {
      name: v.pipe(text, about('How messages call the command.', 'load test')),
      run: run("What is run in the service's folder. Exit code 0 is a yes.", 'npm run load-test'),
      shell,
      within,
    },
    'a command such as { name: load test, run: npm run load-test }',
  ),
  v.rawCheck(({ dataset, addIssue }) => dataset.typed && report(addIssue, runnable(dataset.value))),
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
