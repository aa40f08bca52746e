import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../../google/cloud-error.ts';
import { parseEndpoint } from '../../google/endpoint.ts';
import { connectRest } from '../../google/rest.ts';
import { fetchCommit, TREE } from '../../host/git-fetch.ts';
import type { GitOrigin, Origin, ZipOrigin } from '../../plan/origin.ts';
import { locateApp } from '../config-files.ts';
import { httpsOf } from './bucket-object.ts';
import type { Packed } from './packed.ts';
import { bringZip, lookAtZip, mustBeUnchanged } from './zip-app.ts';

/** An origin on this machine. */
export interface Place {
  /** Holds app.yaml, or is a file of another name that takes its place. */
  readonly folder: string;
  /** Absent: the folder is what is uploaded. */
  readonly packed?: Packed;
}

/** Brings what is released to this machine, as far as it is not here. */
export interface Sources {
  /** Safe to run again at any moment, and side by side. @throws Error with a sentence */
  bring(origin: Origin, signal?: AbortSignal): Promise<Place>;
  /** A last look before App Engine fetches it by itself. @throws CloudError when it is not what was chosen. */
  confirm(origin: Origin, signal?: AbortSignal): Promise<void>;
  /** What gs://BUCKET/OBJECT holds now. @throws CloudError */
  lookAtZip(
    url: string,
    signal?: AbortSignal,
  ): Promise<{ readonly generation: string; readonly hasApp: boolean }>;
  /** Calls off what is coming. */
  stop(): Promise<void>;
}

export interface SourcesOptions {
  /** Where they are brought to: nothing else is in there. */
  readonly folder: string;
  /** Base URL of Cloud Storage as gcloud spells it; absent: Google's own. */
  readonly storage?: string | undefined;
  /** What rollouts at hand are made from; the rest is taken away when something new comes. */
  needed(): readonly Origin[];
}

export function openSources({ folder, storage, needed }: SourcesOptions): Sources {
  const endpoint = parseEndpoint('Cloud Storage', storage, 'storage.googleapis.com', '/storage/v1/');
  const rest = connectRest(endpoint);
  const coming = new Map<string, Promise<unknown>>();
  const stopping = new AbortController();

  return {
    async bring(origin, asked) {
      const signal = asked ? AbortSignal.any([asked, stopping.signal]) : stopping.signal;
      switch (origin.kind) {
        case 'folder':
          return { folder: origin.path };
        case 'image':
          return { folder: origin.app, packed: { kind: 'image', url: origin.url } };
        case 'git': {
          const name = nameOf(origin);
          await once(name, async (target) => {
            if (!(await isFolder(target))) await fetchCommit(origin, target, signal);
          });
          return { folder: await inside(join(folder, name, TREE), origin) };
        }
        case 'zip': {
          const { folder: own, files } = await once(nameOf(origin), (target) =>
            bringZip(rest, origin, target, signal),
          );
          return { folder: origin.app ?? own, packed: { kind: 'zip', url: httpsOf(origin.url), files } };
        }
      }
    },
    async confirm(origin, signal) {
      if (origin.kind === 'zip') await mustBeUnchanged(rest, origin, signal);
    },
    lookAtZip: (url, signal) => lookAtZip(rest, url, signal),
    async stop() {
      stopping.abort(new Error('Sluice is stopping.'));
      await Promise.allSettled(coming.values());
    },
  };

  /** One at a time for each name, whoever asks. */
  async function once<T>(name: string, bring: (target: string) => Promise<T>): Promise<T> {
    const before = coming.get(name) ?? Promise.resolve();
    const work = before
      .catch(() => {})
      .then(async () => {
        const target = join(folder, name);
        const fresh = !(await isFolder(target));
        const brought = await bring(target);
        if (fresh) await tidy();
        return brought;
      });
    coming.set(name, work);
    try {
      return await work;
    } finally {
      if (coming.get(name) === work) coming.delete(name);
    }
  }

  async function tidy(): Promise<void> {
    const keep = new Set([...coming.keys(), ...needed().flatMap((origin) => nameIfBrought(origin) ?? [])]);
    for (const name of await readdir(folder))
      if (!keep.has(name.replace(/\.new$/, '')))
        await rm(join(folder, name), { recursive: true, force: true });
  }
}

function nameIfBrought(origin: Origin): string | undefined {
  return origin.kind === 'git' || origin.kind === 'zip' ? nameOf(origin) : undefined;
}

function nameOf(origin: GitOrigin | ZipOrigin): string {
  if (origin.kind === 'git') return `git-${origin.commit}`;
  const url = createHash('sha256').update(origin.url).digest('hex').slice(0, 16);
  return `zip-${url}-${origin.generation.replace(/\W/g, '')}`;
}

async function inside(root: string, { path, repository, ref }: GitOrigin): Promise<string> {
  const place = join(root, path);
  const { folder } = await locateApp(place);
  if (place.startsWith(root) && (await isFolder(folder))) return place;
  throw new CloudError(
    'invalid',
    `${ref} of ${repository} has no folder ${path}: correct the plan's source.`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
