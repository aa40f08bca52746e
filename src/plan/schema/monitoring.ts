import * as v from 'valibot';
import { about, duration, shareOfAll } from '../leaves.ts';
import { type Breach, report } from '../rules.ts';
import { judgedMetrics, say } from './judged-metric.ts';
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
          'Whether the new version is judged by what Cloud Monitoring knows of it. false: the commands alone judge.',
        ),
      ),
      true,
    ),
    falseAlarm: v.optional(
      shareOfAll(
        "How many of the windows of a sound version may be called bad. The evidence that it takes follows from simulated windows, and from the service's own once enough of them are kept. Left out: the judge's own measure.",
        '1 %',
        0.1,
        5,
      ),
    ),
    rehearsal: v.optional(
      v.pipe(
        v.boolean('true or false'),
        about(
          'Whether the figures are judged without a say: every verdict is told and recorded, and people decide without it.',
        ),
      ),
      false,
    ),
    say: v.optional(
      v.pipe(
        v.strictObject(
          {
            errors: say('Responses with a status of 500 and above.'),
            latency: say('How long the answers take, in the middle and far out.'),
            memory: say('Memory of an instance. The flexible environment tells none.'),
            cpu: say('CPU time that a request takes.'),
            errorLogs: say('Lines of severity ERROR and above, beyond one for each failed request.'),
          },
          'a map with errors, latency, memory, cpu and errorLogs',
        ),
        about(
          "What each figure's word counts for: required: no promotion without data of it; usual: it counts where there is data; advisory: it is told, and neither stops nor rolls back.",
          { memory: 'advisory' },
        ),
      ),
      {},
    ),
    metrics: judgedMetrics,
    commands: ownCommands(
      "Commands that are run at every look at a step's window; one that fails makes the verdict bad.",
      { name: 'signals', run: 'python monitor_deployment.py' },
    ),
  },
  'a map with lag, figures, falseAlarm, rehearsal, say, metrics and commands',
);

export const monitoring = v.optional(
  v.pipe(
    fields,
    about('How a step is judged.'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (dataset.typed) report(addIssue, unjudged(dataset.value));
    }),
  ),
  {},
);

/** What the plan wishes of figures that are not asked for. */
function unjudged(wished: v.InferOutput<typeof fields>): Breach[] {
  const { figures, falseAlarm, rehearsal, metrics, commands } = wished;
  if (figures) return [];
  const off = "takes figures, but 'monitoring.figures' is false";
  return [
    ...(falseAlarm !== undefined ? [{ path: ['falseAlarm'], says: off }] : []),
    ...(rehearsal ? [{ path: ['rehearsal'], says: off }] : []),
    ...(metrics.length > 0 ? [{ path: ['metrics'], says: off }] : []),
    ...(commands.length === 0
      ? [
          {
            path: ['figures'],
            says: "is false, so 'monitoring.commands' should have a command: without either nobody would judge",
          },
        ]
      : []),
  ];
}
