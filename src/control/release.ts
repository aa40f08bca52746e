import { createHash } from 'node:crypto';
import { sayOrigin } from '../plan/origin.ts';
import { sayBar } from '../rollout/bar.ts';
import { items, openItems } from '../rollout/checklist.ts';
import type { Draft, Source, Terms } from '../rollout/draft.ts';
import type { Engine } from '../rollout/engine.ts';
import { fold } from '../rollout/evolve.ts';
import type { Bar } from '../rollout/guard.ts';
import { sayHolder } from '../rollout/holder.ts';
import type { Store } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/state.ts';
import type { Begun, Order } from './protocol.ts';

/** What a release must know of the world: as the chat's wizard asks it, in the same words. */
export interface Releases {
  services(): Promise<readonly string[]>;
  /** What the plan releases. @throws Error with a sentence */
  planned(service: string): Promise<Source>;
  /** The service that a folder's app.yaml is for. @throws Error with a sentence */
  serviceIn(folder: string): Promise<string>;
  /** What a word may mean. @throws Error with a sentence when it means nothing */
  understand(word: string, service: string): Promise<readonly { readonly source: Source }[]>;
  check(source: Source, service: string): Promise<string | undefined>;
  checkNewVersion(service: string, version: string): Promise<string | undefined>;
  idleVersions(service: string): Promise<readonly string[]>;
  suggestVersion(source: Source): Promise<string>;
  bar(service: string): Bar | undefined;
  termsFor(service: string): Terms;
}

export interface ReleasePorts {
  readonly engine: Pick<Engine, 'all' | 'get' | 'begin' | 'act'>;
  readonly releases: Releases;
  readonly store: Pick<Store, 'read'>;
  /** The number of the team's group; undefined while there is none. */
  readonly chat: () => number | undefined;
}

/**
 * Begins what a pipeline ordered, or finds what the same key has begun before. People still answer in the chat: whoever
 * orders may begin, and have the checklist's commands run, and no more.
 */
export async function release(
  order: Order,
  ports: ReleasePorts,
): Promise<Begun | { readonly refused: string }> {
  try {
    const service = await serviceOf(order, ports.releases);
    const id = idOf(order.key, service);
    const before = await find(id, ports);
    const rollout = before ?? (await begin(order, id, service, ports));
    checkSame(order, rollout);
    if (order.runItems) await runItems(order, ports.engine.get(id), ports.engine);
    return { rollout: id, service, version: rollout.version, attached: before !== undefined };
  } catch (error) {
    // Whatever App Engine, the plan or a folder says against it is a sentence too.
    return { refused: (error as Error).message };
  }
}

/** The same for the same key and service. The id of a rollout is of digits and small letters. */
function idOf(key: string, service: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([service, key]))
    .digest('hex');
  return BigInt(`0x${hash}`).toString(36).slice(-12);
}

async function find(id: string, { engine, store }: ReleasePorts): Promise<Rollout | undefined> {
  const known = engine.get(id);
  if (known) return known;
  const events = await store.read(id);
  return events && events.length > 0 ? fold(events) : undefined;
}

async function serviceOf({ folder, service }: Order, releases: Releases): Promise<string> {
  if (service !== undefined) return service;
  if (folder !== undefined) return releases.serviceIn(folder);
  const known = await releases.services();
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  throw new Error(
    `Which service? Name it with --service=NAME, or name its folder. Known: ${known.join(', ') || 'none'}.`,
  );
}

async function begin(order: Order, id: string, service: string, ports: ReleasePorts): Promise<Rollout> {
  const { engine, releases } = ports;
  const chat = ports.chat();
  if (chat === undefined)
    throw new Error(
      'The bot has no group yet, and people answer there. Send /claim in the group, or set TELEGRAM_CHAT_ID.',
    );
  const bar = releases.bar(service);
  refuse(bar && sayBar(service, bar));
  refuse(sayHolder(engine.all().filter((rollout) => rollout.service === service)));
  const known = await releases.services();
  if (!known.includes(service))
    throw new Error(`There is no service '${service}' here. Known: ${known.join(', ')}.`);

  const { source, version } = await choose(order, service, releases);
  const terms = releases.termsFor(service);
  const draft: Draft = { id, service, version, source, chat: { id: chat }, terms };
  const begun = await engine.begin(draft, pipeline(order.as));
  if ('refused' in begun) throw new Error(begun.refused);
  return begun.rollout;
}

async function choose(
  order: Order,
  service: string,
  releases: Releases,
): Promise<{ source: Source; version: string }> {
  const { existing, version } = order;
  if (existing && version !== undefined) {
    const idle = await releases.idleVersions(service);
    if (!idle.includes(version))
      throw new Error(
        `${version} is not a version of ${service} that runs and has no traffic, so it cannot be let in. Those that can: ${idle.join(', ') || 'none'}.`,
      );
    return { source: { kind: 'version' }, version };
  }
  const source = await sourceOf(order, service, releases);
  refuse(await releases.check(source, service));
  const id = version ?? (await releases.suggestVersion(source));
  refuse(await releases.checkNewVersion(service, id));
  return { source, version: id };
}

async function sourceOf({ folder, from }: Order, service: string, releases: Releases): Promise<Source> {
  if (folder !== undefined) return { kind: 'folder', path: folder };
  if (from === undefined) return releases.planned(service);
  const meant = (await releases.understand(from, service)).filter(({ source }) => source.kind !== 'version');
  const [only] = meant;
  if (only && meant.length === 1) return only.source;
  throw new Error(
    only
      ? `'${from}' may be a folder and a branch: name the folder without --from, or the commit.`
      : `'${from}' is a version that is there already: --existing --version=${from} releases it.`,
  );
}

/** A key that means two things would let the second one go unreleased in silence. */
function checkSame(order: Order, { service, version, source }: Rollout): void {
  const here = source.kind === 'version' ? 'which was already there' : `from ${sayOrigin(source)}`;
  const named = order.folder ?? order.from;
  const ordered = named === undefined || named === wordFor(source);
  const same =
    (order.version ?? version) === version &&
    (source.kind === 'version' ? order.existing : !order.existing && ordered);
  if (!same)
    throw new Error(
      `The key '${order.key}' has begun the release of ${version} to ${service} before, ${here}, and that is not what is ordered now. Take another --id.`,
    );
}

/** As an order names it. */
function wordFor(source: Source): string | undefined {
  switch (source.kind) {
    case 'folder':
      return source.path;
    case 'git':
      return source.ref;
    case 'zip':
    case 'image':
      return source.url;
    case 'version':
      return undefined;
  }
}

async function runItems(order: Order, rollout: Rollout | undefined, engine: ReleasePorts['engine']) {
  if (rollout?.stage.at !== 'checklist') return;
  const all = items(rollout);
  // Whatever has been run before is for people to run again.
  const fresh = openItems(rollout).filter((id) => all.get(id)?.run && !rollout.checklist.runs[id]);
  if (fresh.length > 0) await engine.act(rollout.id, { type: 'run-items', items: fresh }, pipeline(order.as));
}

/** Whoever orders. No user of Telegram's has the number 0, so no approver is ever taken for the starter. */
export function pipeline(as: string) {
  return { id: 0, name: `pipeline (${as})`, roles: ['operator'] as const };
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw new Error(why);
}
