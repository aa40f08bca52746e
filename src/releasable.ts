import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Choice, SourceWorld } from './bot/wizard/source.ts';
import { locateApp } from './deploy/config-files.ts';
import { isImage } from './deploy/image.ts';
import { type Cloud as AppEngine, readAppYaml } from './deploy/index.ts';
import { parseBucketUrl } from './deploy/sources/bucket-object.ts';
import { mustSuit } from './deploy/sources/packed.ts';
import type { Sources } from './deploy/sources/sources.ts';
import { isRef, repositoryAround, resolveRef } from './host/git-remote.ts';
import type { Origin } from './plan/origin.ts';
import { type Plan, serviceOf } from './plan/schema.ts';
import type { Source } from './rollout/draft.ts';

/** Whoever answers questions does not wait longer for a repository; what is wrong with it is found later then. */
const LOOK_MS = 8_000;

const PATH = /^(?:\.{0,2}\/|\.{1,2}$)/;

type Releasable = Omit<SourceWorld, 'idleVersions' | 'rejection'>;

/** What may be released, after what the plan and people say. */
export function releasable(
  appEngine: Pick<AppEngine, 'listVersions' | 'readSplit'>,
  plan: Plan,
  sources: Sources,
): Releasable {
  return { sayPlanned, planned, understand, check };

  function sayPlanned(service: string): string {
    const { source, repository, ref } = serviceOf(plan, service);
    return repository === undefined ? `the folder ${source}` : `${ref ?? 'HEAD'} of ${repository}`;
  }

  async function planned(service: string): Promise<Source> {
    const { source, repository, ref = 'HEAD' } = serviceOf(plan, service);
    if (repository === undefined) return { kind: 'folder', path: source };
    const commit = await resolveRef(repository, ref);
    if (commit !== undefined) return { kind: 'git', repository, ref, commit, path: source };
    throw new Error(
      `The repository ${repository} has no branch, tag or commit '${ref}', which the plan names for ${service}. Correct the plan.`,
    );
  }

  async function understand(word: string, service: string): Promise<readonly Choice[]> {
    if (word.startsWith('gs://')) return [{ source: await zip(word, service) }];
    if (PATH.test(word)) return [{ source: { kind: 'folder', path: word } }];
    const looks = await Promise.all([version(word, service), commit(word, service), folder(word, service)]);
    const found = looks.flatMap(({ choice }) => choice ?? []);
    if (found.length > 0) return found;
    if (isImage(word)) return [{ source: { kind: 'image', url: word, app: appFolder(service, word) } }];
    const known = `There is no service '${word}' here. Known: ${Object.keys(plan.services).join(', ') || service}.`;
    const why = looks.flatMap(({ not }) => not ?? []);
    throw new Error(
      `${known} It is nothing else that could be released either: ${why.join('; ')}. Folders are written with ./ in front, zips as gs://bucket/app.zip.`,
    );
  }

  async function version(word: string, service: string): Promise<Look> {
    const [versions, split] = await Promise.all([
      appEngine.listVersions(service),
      appEngine.readSplit(service),
    ]);
    const there = versions.find(({ id }) => id === word);
    if (!there) return { not: `${service} has no version ${word}` };
    if (split?.shares[word]) return { not: `the version ${word} has traffic already` };
    if (there.servingStatus !== 'SERVING') return { not: `the version ${word} is stopped` };
    return { choice: { source: { kind: 'version' }, version: word } };
  }

  async function commit(word: string, service: string): Promise<Look> {
    if (!isRef(word)) return { not: 'no branch is named so' };
    const { source, repository } = serviceOf(plan, service);
    const here = repository === undefined ? await around(source) : { repository, path: source };
    if (!here) return { not: `${source} is in no git repository, so no branch can be meant` };
    try {
      const at = await resolveRef(here.repository, word);
      if (at === undefined) return { not: `${here.repository} has no such branch, tag or commit` };
      return { choice: { source: { kind: 'git', ...here, ref: word, commit: at } } };
    } catch (error) {
      return { not: (error as Error).message };
    }
  }

  /** One that is there is meant without ./ too. */
  async function folder(path: string, service: string): Promise<Look> {
    const fault = await faultOf({ kind: 'folder', path }, service);
    return fault === undefined
      ? { choice: { source: { kind: 'folder', path } } }
      : { not: `${resolve(path)} is no folder with an app.yaml of ${service}` };
  }

  async function zip(url: string, service: string): Promise<Origin> {
    if (!parseBucketUrl(url) || !url.endsWith('.zip'))
      throw new Error(`${url} names no zip: it is written gs://BUCKET/OBJECT.zip.`);
    const { generation, hasApp } = await sources.lookAtZip(url);
    return { kind: 'zip', url, generation, ...(!hasApp && { app: appFolder(service, url) }) };
  }

  /** Where the app.yaml of something that has none is. */
  function appFolder(service: string, what: string): string {
    const { source, repository } = serviceOf(plan, service);
    if (repository === undefined) return source;
    throw new Error(
      `${what} has no app.yaml of its own, and the plan has one in a repository only: put app.yaml at the top of a zip, or name a folder as the source of ${service}.`,
    );
  }

  async function check(source: Source, service: string): Promise<string | undefined> {
    return source.kind === 'version' ? undefined : faultOf(source, service);
  }

  async function faultOf(origin: Origin, service: string): Promise<string | undefined> {
    const bringing = sources.bring(origin);
    // It goes on when it takes longer, and whoever needs it hears what went wrong.
    bringing.catch(() => {});
    try {
      const place = await Promise.race([bringing, delay(LOOK_MS, undefined, { ref: false })]);
      if (!place) return undefined;
      const app = await readAppYaml(place.folder);
      if (place.packed) mustSuit(app, place.packed);
      const where = origin.kind === 'folder' ? `${origin.path}/${app.file}` : `Its ${app.file}`;
      if (app.service === service) return undefined;
      return `${where} is for the service '${app.service}', not '${service}'. Correct its line 'service:' or choose the other service.`;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** The repository that a folder, or an app.yaml of another name, is in, and where in it. */
async function around(source: string): Promise<{ repository: string; path: string } | undefined> {
  const { folder, appYaml } = await locateApp(source);
  const found = await repositoryAround(folder);
  if (!found || appYaml === 'app.yaml') return found;
  return { ...found, path: join(found.path, appYaml) };
}

/** What a word means, or why it does not mean that. */
type Look =
  | { readonly choice: Choice; readonly not?: undefined }
  | { readonly choice?: undefined; readonly not: string };
