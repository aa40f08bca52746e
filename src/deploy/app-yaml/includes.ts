import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Builtin, handlerOf } from './builtins.ts';
import { fault, openYaml, type Spot } from './document.ts';
import type { Handler } from './handlers.ts';
import { INCLUDE_SETTINGS } from './settings.ts';
import { type Given, readFields } from './shape.ts';

/** What may come from app.yaml and from the files it includes. */
export interface Mergeable {
  /** Those of builtins were given nowhere. */
  readonly handlers: readonly (Pick<Handler, 'resource' | 'position'> & Partial<Pick<Handler, 'given'>>)[];
  readonly env: Readonly<Record<string, string>>;
  readonly betaSettings: Readonly<Record<string, string>>;
  readonly vmSettings: Readonly<Record<string, string>>;
  readonly vm: boolean | undefined;
  readonly instances: number | undefined;
  readonly skipFiles: string | undefined;
}

export function mergeableOf(given: Given): Mergeable {
  const value = (key: string) => given.get(key)?.value;
  const manual = value('manual_scaling') as { instances: number } | undefined;
  return {
    handlers: (value('handlers') ?? []) as readonly Handler[],
    env: (value('env_variables') ?? {}) as Record<string, string>,
    betaSettings: (value('beta_settings') ?? {}) as Record<string, string>,
    vmSettings: (value('vm_settings') ?? {}) as Record<string, string>,
    vm: value('vm') as boolean | undefined,
    instances: manual?.instances,
    skipFiles: value('skip_files') as string | undefined,
  };
}

/** Included variables win over one's own, one's own settings over included ones; of two counts the higher. */
export function merge(one: Mergeable, two: Mergeable): Mergeable {
  const counts = [one.instances, two.instances].filter((n) => n !== undefined);
  const skips = [one.skipFiles, two.skipFiles].filter((s) => s !== undefined);
  return {
    handlers: [...one.handlers, ...two.handlers],
    env: { ...one.env, ...two.env },
    betaSettings: { ...two.betaSettings, ...one.betaSettings },
    vmSettings: { ...two.vmSettings, ...one.vmSettings },
    vm: two.vm || one.vm,
    instances: counts.length > 0 ? Math.max(...counts) : undefined,
    skipFiles: skips.length > 0 ? skips.join('|') : undefined,
  };
}

const NOTHING: Mergeable = {
  handlers: [],
  env: {},
  betaSettings: {},
  vmSettings: {},
  vm: undefined,
  instances: undefined,
  skipFiles: undefined,
};

/**
 * All that `includes` and `builtins` of app.yaml bring along, in gcloud's order: the builtins of a file, then the files
 * it includes, each with what it includes in turn, and none twice.
 * @param path of app.yaml.
 * @throws CloudError `invalid` for a file that is not there or not right.
 */
export async function readIncluded(path: string, given: Given, runtime: string): Promise<Mergeable> {
  const base = dirname(path);
  const seen = new Set<string>();
  const excluded = new Set<string>();
  let all = NOTHING;

  async function visit(from: string, inner: Given): Promise<void> {
    const builtins = (inner.get('builtins')?.value ?? []) as readonly Builtin[];
    for (const builtin of builtins) {
      if (builtin.state === undefined) continue;
      handlerOf(builtin, runtime);
      if (builtin.state === 'off') excluded.add(builtin.name);
    }
    for (const builtin of builtins) if (builtin.state === 'on') add(builtin);
    const includes = inner.get('includes');
    for (const name of (includes?.value ?? []) as readonly string[]) {
      if (includes) await include(from, name, includes.spot);
    }
  }

  function add(builtin: Builtin): void {
    if (excluded.has(builtin.name) || seen.has(builtin.name)) return;
    seen.add(builtin.name);
    const { handler, with: companion } = handlerOf(builtin, runtime);
    if (handler) all = merge(all, { ...NOTHING, handlers: [handler] });
    if (companion !== undefined) add({ ...builtin, name: companion });
  }

  async function include(from: string, name: string, spot: Spot): Promise<void> {
    const file = await findIncluded([dirname(from), base, '.'], name);
    if (file === undefined) {
      throw fault(spot, `includes names ${name}, which is not there: correct the path, or delete the line.`);
    }
    if (seen.has(file)) return;
    seen.add(file);
    const opened = openYaml(file, await readFile(file, 'utf8'));
    if (!opened.root) return;
    const inner = readFields(
      { file: opened, key: '', node: opened.root, keyNode: undefined },
      INCLUDE_SETTINGS,
      'in an included file',
    );
    all = merge(all, mergeableOf(inner));
    await visit(file, inner);
  }

  await visit(path, given);
  return all;
}

/** A file, or a folder with include.yaml. */
async function findIncluded(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = resolve(folder, name);
    for (const candidate of [path, join(path, 'include.yaml')]) {
      const info = await stat(candidate).catch(() => undefined);
      if (info?.isFile()) return candidate;
    }
  }
  return undefined;
}
