import * as v from 'valibot';
import { scalingOf } from './scaling.ts';
import { SOURCE_CONTEXT } from './source-context.ts';

const names = v.optional(v.record(v.string(), v.unknown()), {});
const shown = v.object({
  runtime: v.optional(v.string()),
  env: v.optional(v.string()),
  instanceClass: v.optional(v.string()),
  serviceAccount: v.optional(v.string()),
  entrypoint: v.optional(v.looseObject({ shell: v.optional(v.string(), '') })),
  envVariables: names,
  buildEnvVariables: names,
  handlers: v.optional(v.array(v.unknown()), []),
  inboundServices: v.optional(v.array(v.string()), []),
  automaticScaling: v.optional(v.unknown()),
  basicScaling: v.optional(v.unknown()),
  deployment: v.optional(
    v.looseObject({
      files: v.optional(v.record(v.string(), v.looseObject({ sha1Sum: v.optional(v.string(), '') })), {}),
      container: v.optional(v.looseObject({ image: v.optional(v.string(), '') })),
    }),
    {},
  ),
});

type Shown = v.InferOutput<typeof shown>;

/** More names than these are counted. */
const NAMED = 5;

/**
 * What differs between two versions, a line for each matter, as people say it; none when nothing does. Of environment
 * variables their names alone, because a value may be a secret.
 * @param before and after: resources as App Engine prints them with view=FULL.
 */
export function describeChange(before: object, after: object): string[] {
  const [old, now] = [v.parse(shown, before), v.parse(shown, after)];
  const said = (what: string, read: (version: Shown) => string | undefined) => {
    const [from, to] = [read(old) || 'none', read(now) || 'none'];
    return from === to ? [] : [`${what}: ${from} → ${to}`];
  };
  const [scaledBefore, scaledNow] = [sayScaling(before, old), sayScaling(after, now)];
  return [
    ...said('Runtime', ({ runtime }) => runtime),
    ...said('Environment', ({ env }) => env),
    ...said('Instance class', ({ instanceClass }) => instanceClass),
    ...(scaledBefore === scaledNow ? [] : [`Scaling: ${scaledBefore} → ${scaledNow}`]),
    ...said('Entrypoint', ({ entrypoint }) => entrypoint?.shell),
    ...said('Service account', ({ serviceAccount }) => serviceAccount),
    ...sayNames('Environment variables', old.envVariables, now.envVariables),
    ...sayNames('Build variables', old.buildEnvVariables, now.buildEnvVariables),
    ...said('Inbound services', ({ inboundServices }) => inboundServices.toSorted().join(', ')),
    ...sayHandlers(old, now),
    ...said('Container', ({ deployment }) => deployment.container?.image),
    ...sayNames('Files', sumsOf(old), sumsOf(now)),
  ];
}

/** "automatic (max 5 instances, min 1 idle)", with whatever is set. */
function sayScaling(version: object, { automaticScaling, basicScaling }: Shown): string {
  const scaling = scalingOf(version);
  if (scaling.kind === 'manual') return `manual (instances ${scaling.instances})`;
  const settings = leavesOf(scaling.kind === 'basic' ? basicScaling : automaticScaling);
  return settings.length > 0 ? `${scaling.kind} (${settings.join(', ')})` : scaling.kind;
}

function leavesOf(value: unknown, key = ''): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [`${key} ${value}`];
  return Object.entries(value)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([name, inner]) => leavesOf(inner, name));
}

function sayHandlers(old: Shown, now: Shown): string[] {
  const [from, to] = [old.handlers.length, now.handlers.length];
  if (from !== to) return [`Handlers: ${from} → ${to}`];
  return JSON.stringify(old.handlers) === JSON.stringify(now.handlers) ? [] : ['Handlers: changed'];
}

/**
 * Of the team's own files: what says where the source came from is made by the deployment itself. App Engine prints
 * checksums with underscores now and then.
 */
function sumsOf({ deployment }: Shown): Record<string, string> {
  const own = Object.entries(deployment.files).filter(([path]) => path !== SOURCE_CONTEXT);
  return Object.fromEntries(
    own.map(([path, { sha1Sum }]) => [path, sha1Sum.replaceAll('_', '').toLowerCase()]),
  );
}

function sayNames(
  what: string,
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  const added = Object.keys(now).filter((name) => !Object.hasOwn(old, name));
  const removed = Object.keys(old).filter((name) => !Object.hasOwn(now, name));
  const changed = Object.keys(now).filter((name) => Object.hasOwn(old, name) && old[name] !== now[name]);
  const parts = [sayList('added', added), sayList('changed', changed), sayList('removed', removed)];
  const said = parts.filter((part) => part !== undefined);
  return said.length > 0 ? [`${what}: ${said.join('; ')}`] : [];
}

function sayList(verb: string, list: readonly string[]): string | undefined {
  if (list.length === 0) return undefined;
  const sorted = list.toSorted();
  const more = sorted.length - NAMED;
  return `${verb} ${sorted.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
