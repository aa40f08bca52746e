import { basename } from 'node:path';
import { fault, fileFault, type Spot } from './document.ts';
import { type Handler, MOST_HANDLERS } from './handlers.ts';
import { type Mergeable, merge, mergeableOf, readIncluded } from './includes.ts';
import { ignoredByDefault, runtimeFault } from './runtimes.ts';
import { SETTINGS } from './settings.ts';
import { type Given, toResource } from './shape.ts';

/** What the settings of one app.yaml, with all that it includes, come to. */
export interface VersionFields {
  readonly service: string;
  readonly environment: 'standard' | 'flexible';
  /** The one that the app is built for; flex sends it inside betaSettings. */
  readonly runtime: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** A regular expression of Python's; undefined when the file has none. */
  readonly skipFiles: string | undefined;
}

/** Keys that gcloud refuses as well, with the way out. */
const REFUSED: Readonly<Record<string, string>> = {
  version: 'the version is given when you deploy',
  application: 'the project is in GOOGLE_CLOUD_PROJECT',
  project: 'the project is in GOOGLE_CLOUD_PROJECT',
};

/** @param root app.yaml as a whole. @throws CloudError `invalid`. */
export async function versionFields(path: string, root: Spot, given: Given): Promise<VersionFields> {
  const value = (key: string) => given.get(key)?.value;
  for (const [key, why] of Object.entries(REFUSED)) refuse(given, key, why);
  if (given.has('service') && given.has('module')) {
    refuse(given, 'module', 'it is the old name of service, which is there too');
  }
  const service = String(value('service') ?? value('module') ?? 'default');
  const flexible = ['2', 'flex', 'flexible'].includes(String(value('env')));
  const named = value('runtime') as string | undefined;
  if (named === undefined && !flexible) {
    throw fileFault(root.file, `names no runtime: add a line such as "runtime: nodejs22".`);
  }
  const runtime = named ?? 'custom';
  checkTogether(given, root, runtime);

  const own = withVmRuntime(mergeableOf(given), flexible, runtime);
  const sent = flexible && mergeableOf(given).vmSettings.vm_runtime === undefined ? 'vm' : runtime;
  const included = await readIncluded(
    path,
    given,
    sent === 'vm' ? (own.vmSettings.vm_runtime ?? runtime) : runtime,
  );
  const all = merge(own, included);
  if (!flexible && (all.vm || runtime === 'vm')) {
    throw fileFault(
      root.file,
      `is for Managed VMs, which are gone: write "env: flex" instead of "vm: true".`,
    );
  }
  const effective = flexible && sent === 'vm' ? (all.vmSettings.vm_runtime ?? runtime) : runtime;
  checkRuntime(given, effective, flexible, sent);
  const handlers = handlersOf(own, included, flexible);
  checkHandlers(given, root, effective, flexible, [...own.handlers, ...included.handlers]);

  const vmSettings = flexible ? { ...all.vmSettings, module_yaml_path: basename(path) } : all.vmSettings;
  const policy = value('auto_id_policy');
  const betaSettings = {
    ...(policy === undefined ? {} : { auto_id_policy: policy }),
    ...all.betaSettings,
    ...vmSettings,
  };
  const body = {
    // Always sent, empty when the runtime chooses its own.
    entrypoint: { shell: '' },
    ...toResource(given, SETTINGS),
    runtime: sent,
    ...(all.vm === undefined ? {} : { vm: all.vm }),
    ...(all.instances === undefined ? {} : { manualScaling: { instances: all.instances } }),
    ...unlessEmpty('envVariables', all.env),
    ...unlessEmpty('betaSettings', betaSettings),
    ...(handlers.length > 0 ? { handlers } : {}),
  };
  return {
    service,
    environment: flexible ? 'flexible' : 'standard',
    runtime: effective,
    body,
    skipFiles: all.skipFiles,
  };
}

/** Flex hides the runtime in its settings, unless somebody has put one there. */
function withVmRuntime(own: Mergeable, flexible: boolean, runtime: string): Mergeable {
  if (!flexible || own.vmSettings.vm_runtime !== undefined) return own;
  return { ...own, vmSettings: { ...own.vmSettings, vm_runtime: runtime } };
}

/** Included handlers stand in front, unless they ask for the end. */
function handlersOf(own: Mergeable, included: Mergeable, flexible: boolean): object[] {
  const front = included.handlers.filter((h) => h.position !== 'tail');
  const back = included.handlers.filter((h) => h.position === 'tail');
  const all = [...front, ...own.handlers, ...back].map((h) => h.resource);
  if (all.length > 0 || !flexible) return all;
  // Flex routes by itself; its API wants one all the same.
  return [{ urlRegex: '.*', script: { scriptPath: 'PLACEHOLDER' } }];
}

function checkTogether(given: Given, root: Spot, runtime: string): void {
  const scalings = ['automatic_scaling', 'basic_scaling', 'manual_scaling'].filter((k) => given.has(k));
  const [, second] = scalings;
  if (second !== undefined) {
    refuse(given, second, `there is more than one kind of scaling: ${scalings.join(' and ')}; keep one`);
  }
  const beta = mergeableOf(given).betaSettings.vm_runtime;
  if (runtime === 'python27' || beta === 'python27') {
    if (!given.has('threadsafe')) {
      throw fileFault(root.file, `needs "threadsafe: true" or "threadsafe: false" for python27.`);
    }
  } else if (((given.get('libraries')?.value ?? []) as unknown[]).length > 0) {
    refuse(given, 'libraries', `${runtime} has none: list them where it looks for packages`);
  }
  for (const { given: handler, spot } of (given.get('handlers')?.value ?? []) as Handler[]) {
    if (handler.has('position'))
      throw fault(spot, 'position belongs into included files only: delete the line.');
    if (handler.has('api_endpoint') && !given.has('api_config')) {
      throw fault(spot, 'a handler with api_endpoint needs api_config in app.yaml: add it.');
    }
    const script = String(handler.get('script')?.value ?? '');
    if (runtime === 'python27' && given.get('threadsafe')?.value && /\.py$|\//.test(script)) {
      throw fault(
        spot,
        `threadsafe cannot be true with the CGI script "${script}": name its application instead.`,
      );
    }
  }
}

/** @param sent the runtime of the request, which flex hides behind "vm" unless the file has put one there itself. */
function checkRuntime(given: Given, runtime: string, flexible: boolean, sent: string): void {
  const spot = given.get('runtime')?.spot;
  const wrong = runtimeFault(runtime, flexible);
  const sentence =
    wrong ??
    (flexible && runtime === 'python27' ? 'flex has no runtime python27: use python' : undefined) ??
    (sent === 'python'
      ? 'python is no runtime of the standard environment: use python312, or "env: flex"'
      : undefined) ??
    (!flexible && runtime === 'go'
      ? 'go is no runtime of the standard environment: use go122, or "env: flex"'
      : undefined) ??
    (sent === 'python-compat' ? 'python-compat is gone: use python312' : undefined) ??
    (runtime === 'custom' && !given.has('env')
      ? 'runtime custom is one of flex: add "env: flex"'
      : undefined);
  if (sentence !== undefined && spot) throw fault(spot, `${sentence}.`);
}

function checkHandlers(
  given: Given,
  root: Spot,
  runtime: string,
  flexible: boolean,
  handlers: Mergeable['handlers'],
): void {
  if (handlers.length > MOST_HANDLERS) {
    throw fault(
      given.get('handlers')?.spot ?? root,
      `handlers has ${handlers.length} entries; App Engine takes ${MOST_HANDLERS} at most: join some patterns.`,
    );
  }
  if (flexible || ignoredByDefault(runtime) === undefined) return;
  refuse(given, 'threadsafe', `${runtime} has no such switch`);
  for (const handler of handlers) {
    if (handler.given)
      refuse(handler.given, 'application_readable', `with ${runtime} the app can read its files anyway`);
  }
}

function refuse(given: Given, key: string, why: string): void {
  const found = given.get(key);
  if (!found) return;
  throw fault({ ...found.spot, node: null }, `"${key}" does not belong here (${why}): delete the line.`);
}

function unlessEmpty(key: string, map: Readonly<Record<string, unknown>>): object {
  return Object.keys(map).length > 0 ? { [key]: map } : {};
}
