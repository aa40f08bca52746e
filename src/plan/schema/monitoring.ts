import * as v from 'valibot';
import { about, duration } from '../leaves.ts';
import { report } from '../rules.ts';
import { ownCommands } from './own-command.ts';

const fields = v.strictObject(
  {
    lag: v.optional(
      duration(
        "Age at which a minute's figures are taken to be complete: Cloud Monitoring shows them up to 4 minutes late.",
        '0s',
        '1h',
      ),
      '4m',
    ),
    figures: v.optional(
      v.pipe(
        v.boolean('true or false'),
        about(
          'Whether the new version is judged by its errors and latencies. false: the commands alone judge.',
        ),
      ),
      true,
    ),
    commands: ownCommands(
      "Commands that are run at every look at a step's window; one that fails makes the verdict bad.",
      { name: 'signals', run: 'python monitor_deployment.py' },
    ),
  },
  'a map with lag, figures and commands',
);

export const monitoring = v.optional(
  v.pipe(
    fields,
    about('How a step is judged.'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.value.figures || dataset.value.commands.length > 0) return;
      const says =
        "is false, so 'monitoring.commands' should have a command: without either nobody would judge";
      report(addIssue, [{ path: ['figures'], says }]);
    }),
  ),
  {},
);
