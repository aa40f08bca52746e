import {
  type Cloud as AppEngine,
  CloudError,
  type DispatchChange,
  describeJob,
  describeRule,
  type CronChange as JobChange,
} from '../deploy/index.ts';
import type { CronChange } from '../rollout/events.ts';
import type { Store } from '../rollout/ports.ts';
import { readBackup } from './backups.ts';

/** Paths of what all services of the app share, as far as it stands beside the source. */
export interface SharedFiles {
  readonly cron?: string;
  readonly dispatch?: string;
}

/** The rules as the backup has them, and as they became. */
interface Rules {
  readonly before: readonly object[];
  readonly after: readonly object[];
}

/** What of it a rollout has done, for who undoes it. */
interface Done {
  readonly cron?: Pick<JobChange, 'create' | 'delete'>;
  readonly dispatch?: readonly object[];
}

interface SharedConfig {
  /** Changes nothing. */
  compare(files: SharedFiles, signal: AbortSignal): Promise<CronChange>;
  /** Makes cron jobs and routing what the files say, or leaves both as they were and throws. Safe to run again. */
  deploy(backup: string, files: SharedFiles, signal: AbortSignal): Promise<CronChange>;
  done(backup: string): Promise<Done>;
}

const NO_JOBS: JobChange = { create: [], delete: [], same: 0 };

/** The cron jobs and the routing: one question is asked for both, so that both or none are changed. */
export function sharedConfig(
  appEngine: AppEngine,
  store: Pick<Store, 'readDocument' | 'writeDocument'>,
): SharedConfig {
  return {
    async compare({ cron, dispatch }, signal) {
      const [jobs, rules] = await Promise.all([
        cron === undefined ? NO_JOBS : appEngine.compareCron(cron, signal),
        dispatch === undefined ? undefined : appEngine.compareDispatch(dispatch, signal),
      ]);
      return sayChange(jobs, rules);
    },

    async deploy(backup, { cron, dispatch }, signal) {
      if (cron === undefined && dispatch === undefined) {
        throw new Error('The cron.yaml or dispatch.yaml that was compared before is gone.');
      }
      // The routing first: it changes at once or not at all, and is easily undone when the jobs fail.
      const rules = dispatch === undefined ? undefined : await deployRules(backup, dispatch, signal);
      if (cron === undefined) return sayChange(NO_JOBS, rules);
      try {
        return sayChange(await deployJobs(backup, cron, signal), rules);
      } catch (error) {
        signal.throwIfAborted();
        if (!rules || !(error instanceof CloudError)) throw error;
        throw new CloudError(error.kind, `${error.message} ${await undo(rules, signal)}`, error.retryable);
      }
    },

    async done(backup) {
      const [cron, dispatch] = await Promise.all([
        store.readDocument<JobChange>(cronNote(backup)),
        store.readDocument<readonly object[]>(dispatchNote(backup)),
      ]);
      return { ...(cron && { cron }), ...(dispatch && { dispatch }) };
    },
  };

  /** @returns undefined when the routing stays. */
  async function deployRules(backup: string, file: string, signal: AbortSignal): Promise<Rules | undefined> {
    const change = await appEngine.compareDispatch(file, signal);
    if (change) {
      await store.writeDocument(dispatchNote(backup), change.after);
      await appEngine.setDispatch(change.after, signal);
    }
    // An earlier process may have written them, and died then.
    const after = await store.readDocument<DispatchChange['after']>(dispatchNote(backup));
    const before = (await readBackup(store, backup))?.dispatchRules;
    return after && before && { before, after };
  }

  async function deployJobs(name: string, file: string, signal: AbortSignal): Promise<JobChange> {
    await noteJobs(name, await appEngine.compareCron(file, signal));
    const backup = await readBackup(store, name);
    const before = backup?.cron.kind === 'read' ? { before: backup.cron.jobs } : {};
    return appEngine.deployCron({ file, ...before }, { signal });
  }

  /** What a rollback has to undo; kept before it is done, and together with that of an attempt from before. */
  async function noteJobs(backup: string, change: JobChange): Promise<void> {
    const earlier = await store.readDocument<JobChange>(cronNote(backup));
    await store.writeDocument(cronNote(backup), {
      create: [...(earlier?.create ?? []), ...change.create],
      delete: [...(earlier?.delete ?? []), ...change.delete],
      same: change.same,
    });
  }

  /** @returns a sentence on how it went. */
  async function undo({ before }: Rules, signal: AbortSignal): Promise<string> {
    try {
      await appEngine.setDispatch(before, signal);
      return 'The routing is as it was before, too.';
    } catch (error) {
      signal.throwIfAborted();
      const rules = before.map(describeRule).join('; ') || 'no rules';
      return `The routing could not be put back as it was (${rules}): ${(error as Error).message}`;
    }
  }
}

function cronNote(backup: string): string {
  return `${backup}-cron`;
}

function dispatchNote(backup: string): string {
  return `${backup}-dispatch`;
}

function sayChange({ create, delete: remove, same }: JobChange, rules: Rules | undefined): CronChange {
  return {
    create: create.map(describeJob),
    remove: remove.map(describeJob),
    same,
    ...(rules && {
      routes: { before: rules.before.map(describeRule), after: rules.after.map(describeRule) },
    }),
  };
}
