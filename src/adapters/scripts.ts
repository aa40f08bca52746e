import { locateApp } from '../deploy/config-files.ts';
import type { Sources } from '../deploy/sources/sources.ts';
import type { CommandPlace, RunCommand } from '../host/run-command.ts';
import { MINUTE } from '../plan/duration.ts';
import { WHOLE } from '../plan/split.ts';
import type { Variable } from '../plan/variables.ts';
import type { Scripts } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/state.ts';

/** The team's own commands, run on this machine in the folder of the release. */
export function scriptsFor(
  project: string,
  sources: Pick<Sources, 'bring'>,
  runCommand: RunCommand,
): Scripts {
  return {
    async run(command, rollout, { signal, onLine }) {
      const { ok, why, tail } = await runCommand(command, await placeOf(rollout, project, sources, signal), {
        signal,
        ...(onLine && { onLine }),
      });
      // What was cut off says nothing about the release.
      signal.throwIfAborted();
      return { ok, why, tail };
    },
  };
}

/** Where a command runs, and what it is told of the rollout. docs/scripts.md lists the variables. */
export async function placeOf(
  rollout: Rollout,
  project: string,
  sources: Pick<Sources, 'bring'>,
  signal?: AbortSignal,
): Promise<CommandPlace> {
  const { service, version, source, terms, original, live, stage, step } = rollout;
  const shares = Object.entries(original?.shares ?? {}).toSorted(([, a], [, b]) => b - a);
  const [previous] = shares[0] ?? [];
  const window = terms.steps[step]?.watch;
  const known: Record<Variable, string | number | undefined> = {
    PROJECT_ID: project,
    REGION: terms.validation.region,
    SERVICE: service,
    VERSION: version,
    PREVIOUS_VERSION: previous,
    VERSION_URL: rollout.versionUrl,
    TRAFFIC: live && (100 * (live.shares[version] ?? 0)) / WHOLE,
    DURATION: window && window / MINUTE,
    REASON: 'reason' in stage ? stage.reason : undefined,
    ROLLOUT: rollout.id,
  };
  const env = Object.entries(known).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  const here =
    source.kind === 'folder' || source.kind === 'git'
      ? (await sources.bring(source, signal)).folder
      : terms.home;
  const { folder } = await locateApp(here);
  return { cwd: folder, env: Object.fromEntries(env) };
}
