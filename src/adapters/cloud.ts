import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fromFolder, locateApp } from '../deploy/config-files.ts';
import {
  type Cloud as AppEngine,
  type DeployProgress,
  describeChange,
  describeJob,
  describeRule,
} from '../deploy/index.ts';
import type { Place, Sources } from '../deploy/sources/sources.ts';
import { commitsBetween, gitState } from '../host/git.ts';
import type { Source } from '../rollout/draft.ts';
import type { Cloud, CronRequest, Store } from '../rollout/ports.ts';
import type { Mark } from '../rollout/sighting.ts';
import { readBackup } from './backups.ts';
import { type SharedFiles, sharedConfig } from './shared-config.ts';
import { sayProgress, uploadSessions } from './upload.ts';

/** App Engine as the engine wants it: backups go to the store, sources become deployments. */
export function cloudFor(appEngine: AppEngine, store: Store, sources: Sources): Cloud {
  const shared = sharedConfig(appEngine, store);
  return {
    async see(service, versions, signal) {
      const [split, ...found] = await Promise.all([
        appEngine.readSplit(service, signal),
        ...versions.map((id) => appEngine.findVersion(service, id, signal)),
      ]);
      const marks = versions.map((id, i) => [id, markOf(found[i])] as const);
      return split && { split, versions: Object.fromEntries(marks) };
    },

    async listShared(signal) {
      const [jobs, rules] = await Promise.all([
        // To bring the jobs to none would take away all that are there.
        appEngine.compareCron([], signal),
        appEngine.listRules(signal),
      ]);
      return { jobs: jobs.delete.map(describeJob).toSorted(), routes: rules.map(describeRule) };
    },

    verify: (request, signal) => appEngine.verify(request, { signal }),

    async validate({ service, version, source, checks, region, cron }, signal) {
      const at = await bring(source, signal);
      const place = { ...at, ...(region && { region }), ...(cron && { cronFile: cron }) };
      const [found, state] = await Promise.all([
        appEngine.validate({ service, version, checks, ...place }, signal),
        at && !at.packed ? gitState((await locateApp(at.folder)).folder) : undefined,
      ]);
      return { checks: found, ...(state && { commit: { id: state.commit, subject: state.subject } }) };
    },

    async backUp({ rollout, service, version, source, cron, clone }, signal) {
      const folder = (await bring(source, signal))?.folder;
      const place = { ...(folder !== undefined && { folder }), ...(cron && { cronFile: cron }) };
      const request = { service, ...place, ...(clone && { clone: `${version}-backup` }) };
      const backup = await appEngine.backUp(request, signal);
      if (!backup.split) {
        const services = await appEngine.listServices(signal);
        throw new Error(`There is no service '${service}' in the project. Known: ${services.join(', ')}.`);
      }
      const name = `backups/${rollout}`;
      await store.writeDocument(name, backup);
      if (!isDeepStrictEqual(await store.readDocument(name), JSON.parse(JSON.stringify(backup)))) {
        throw new Error(
          `The backup ${name} does not read back as it was written. Check the disk of the data folder.`,
        );
      }
      return { split: backup.split, backup: name };
    },

    async deploy({ service, version, source, since, firstAt, resumed, operation, backup, commit }, hooks) {
      const at = await bring(source, hooks.signal);
      const made = await deployOrFind();
      // A folder that others work in tells its own commits; so does one that was fetched.
      const code = at && !at.packed ? (await locateApp(at.folder)).folder : undefined;
      const released = { service, version, code, backup, commit };
      return { ...made, changes: await sayChanges(appEngine, store, released, hooks.signal) };

      async function deployOrFind() {
        if (source.kind === 'version' || !at) {
          const found = await appEngine.findVersion(service, version, hooks.signal);
          if (!found) throw new Error(`Version ${version} of ${service} is gone from App Engine.`);
          return { versionUrl: found.versionUrl, files: 0, uploaded: 0 };
        }
        await sources.confirm(source, hooks.signal);
        const attempt = { startedAt: since, resumed, ...(firstAt !== undefined && { firstAt }) };
        const request = { service, version, ...at, ...attempt };
        const onProgress = (progress: DeployProgress) => hooks.onProgress(sayProgress(progress));
        const own = { ...hooks, onProgress, onWait: hooks.onProgress, sessions: uploadSessions(store) };
        return appEngine.deploy({ ...request, ...(operation && { operation }) }, own);
      }
    },

    compareCron: async (request, signal) => shared.compare(await sharedFiles(request, signal), signal),
    deployCron: async (request, hooks) =>
      shared.deploy(request.backup, await sharedFiles(request, hooks.signal), hooks.signal),

    async setSplit({ backup: name, ...request }, hooks) {
      // The split of before stands in the journal. Whatever is wrong with the file is said where its cron jobs are wanted.
      const backup = await readBackup(store, name).catch((error: Error) =>
        hooks.onProgress(`${error.message} The traffic moves all the same.`),
      );
      const start = backup?.running.filter(({ version }) => request.to.shares[version]);
      const change = { ...request, ...(start && { start }) };
      return appEngine.setSplit(change, { ...hooks, onWait: hooks.onProgress });
    },

    async putBack({ service, source, backup: name, cron, files }, hooks) {
      const backup = await readBackup(store, name);
      if (!backup) throw new Error(`The backup ${name} is gone from the data folder.`);
      const onReplace = ({ path, text }: { path: string; text: string }) =>
        store.keep(`${name}/replaced/${basename(path)}`, Buffer.from(text));
      // What was fetched for this release alone is nobody's to be put back.
      const own = files && source.kind === 'folder' ? { folder: source.path } : {};
      const request = { service, ...own, backup, ...(cron && (await shared.done(name))) };
      return appEngine.putBack(request, { ...hooks, onReplace });
    },
  };

  async function bring(source: Source, signal?: AbortSignal): Promise<Place | undefined> {
    return source.kind === 'version' ? undefined : sources.bring(source, signal);
  }

  /** The cron.yaml and the dispatch.yaml that the backup found beside the source. */
  async function sharedFiles({ source, backup }: CronRequest, signal?: AbortSignal): Promise<SharedFiles> {
    const place = await bring(source, signal);
    const files = (await readBackup(store, backup))?.files ?? [];
    if (!place) return {};
    const { folder } = await locateApp(place.folder);
    const found = files.flatMap(({ role, path }) =>
      role === 'app' ? [] : [[role, fromFolder(folder, path)]],
    );
    return Object.fromEntries(found);
  }
}

function markOf(found: Awaited<ReturnType<AppEngine['findVersion']>>): Mark | null {
  return found ? { created: found.createTime, serving: found.servingStatus !== 'STOPPED' } : null;
}

/** Versions whose commit is remembered, for each service. */
const COMMITS = 50;
const SUBJECTS = 8;

interface Released {
  readonly service: string;
  readonly version: string;
  /** Where its commits can be looked up. */
  readonly code: string | undefined;
  readonly backup: string | undefined;
  readonly commit: { readonly id: string } | undefined;
}

/** What is new in a version, against the one that had most of the traffic: its commits, then its settings. */
async function sayChanges(
  appEngine: AppEngine,
  store: Store,
  { service, version, code, backup: name, commit }: Released,
  signal: AbortSignal,
): Promise<string[]> {
  const backup = await readBackup(store, name);
  const shares = Object.entries(backup?.split?.shares ?? {}).toSorted(([, a], [, b]) => b - a);
  const [before] = shares[0] ?? [];
  const old = backup?.versions.find((one) => 'id' in one && one.id === before);
  const settings = old ? await sayNewSettings(appEngine, old, service, version, signal) : [];

  const document = `commits/${service}`;
  const known = (await store.readDocument<[string, string][]>(document)) ?? [];
  if (commit) {
    const others = known.filter(([id]) => id !== version);
    await store.writeDocument(document, [...others, [version, commit.id]].slice(-COMMITS));
  }
  const from = known.find(([id]) => id === before)?.[1];
  const subjects = from && commit && code ? await commitsBetween(code, from, commit.id, SUBJECTS) : undefined;
  return [...(subjects ?? []), ...settings];
}

/** The version is made: that its settings cannot be read must not undo that. */
async function sayNewSettings(
  appEngine: AppEngine,
  old: object,
  service: string,
  version: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const now = await appEngine.readVersion(service, version, signal);
    return now ? describeChange(old, now) : [];
  } catch (error) {
    signal.throwIfAborted();
    return [`What is new in its settings is not known. ${(error as Error).message}`];
  }
}
