import * as v from 'valibot';
import { describeSplit } from '../../plan/split.ts';
import type { Store } from '../../rollout/ports.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { count } from '../views/words.ts';
import { fitLines } from './fit.ts';
import { dateTime, listed, sentence } from './words.ts';

export interface BackupPorts {
  readonly store: Pick<Store, 'listBackups' | 'readDocument'>;
  rollouts(): readonly Rollout[];
}

const PAGE = 10;

/** What is shown of a backup. The document holds more, which only putting it back takes. */
const backup = v.object({
  takenAt: v.number(),
  service: v.string(),
  split: v.optional(
    v.object({
      shardBy: v.picklist(['UNSPECIFIED', 'COOKIE', 'IP', 'RANDOM']),
      shares: v.record(v.string(), v.number()),
    }),
  ),
  versions: v.array(v.looseObject({ id: v.optional(v.string()), runtime: v.optional(v.string()) })),
  running: v.optional(
    v.array(
      v.object({
        version: v.string(),
        servingStatus: v.string(),
        scaling: v.string(),
        instances: v.optional(v.number()),
      }),
    ),
    [],
  ),
  dispatchRules: v.array(v.unknown()),
  cron: v.optional(
    v.variant('kind', [
      v.object({ kind: v.literal('read'), jobs: v.array(v.unknown()) }),
      v.object({ kind: v.literal('unread'), why: v.string() }),
    ]),
  ),
  files: v.optional(v.array(v.object({ path: v.string(), text: v.string() })), []),
  clone: v.optional(v.string()),
});

type Shown = v.InferOutput<typeof backup>;

interface Listed {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly backup: string;
}

/** `/backups [ID]`: the newest, or what is in one. Bringing one back is a command of its own. */
export async function backupsCommand(text: string, { store, rollouts }: BackupPorts): Promise<View> {
  const id = text.trim();
  if (id !== '') return showOne(id, store);
  const all = await newest({ store, rollouts });
  if (all.length === 0)
    return { html: 'No backup so far: each release takes one before it changes anything.' };
  const documents = await Promise.all(all.map((one) => read(store, one.backup)));
  const lines = [
    html`<b>Backups</b>, the newest first`,
    ...all.map((one, i) => entryLine(one, documents[i])),
    html`What is in one: <code>/backups ID</code>`,
  ];
  return { html: fitLines(lines, (left) => html`… and ${left} lines more, too many for a message.`) };
}

/** Those of the rollouts that are not closed come first. */
async function newest({ store, rollouts }: BackupPorts): Promise<Listed[]> {
  const open = rollouts().toSorted((a, b) => b.startedAt - a.startedAt);
  const closed = await store.listBackups(PAGE);
  const all = [...open, ...closed.filter(({ id }) => !open.some((rollout) => rollout.id === id))];
  return all
    .flatMap(({ id, service, version, backup: name }) =>
      name ? [{ id, service, version, backup: name }] : [],
    )
    .slice(0, PAGE);
}

function entryLine({ id, service, version, backup: name }: Listed, document: Read): Html {
  const head = html`💾 <b>${service}</b> before ${version} · <code>${id}</code>`;
  if (document?.kind !== 'sound') return html`${head}\n  ${document?.why ?? `${name}.json is gone.`}`;
  const { takenAt, split } = document.backup;
  return html`${head}\n  ${dateTime(takenAt)}: ${split ? describeSplit(split) : 'no traffic'}`;
}

async function showOne(id: string, store: BackupPorts['store']): Promise<View> {
  if (!/^[a-z0-9]+$/.test(id)) {
    const how = '/backups lists them; /backups restore ID brings one back.';
    return { html: html`'${id}' is not the id of a rollout. ${how}`.text };
  }
  const found = await read(store, `backups/${id}`);
  if (!found) return { html: html`There is no backup of a rollout ${id}. /backups lists them.`.text };
  if (found.kind === 'broken') return { html: html`${found.why}`.text };
  return { html: fitLines(content(id, found.backup), (left) => html`… and ${left} lines more.`) };
}

function content(id: string, shown: Shown): Html[] {
  const { service, takenAt, split, versions, running, dispatchRules, cron, files, clone } = shown;
  return [
    html`💾 <b>${service}</b>, ${dateTime(takenAt)} · <code>${id}</code>`,
    html`Traffic: ${split ? describeSplit(split) : 'the service did not exist'}`,
    ...(running.length > 0
      ? running.map(
          ({ version, servingStatus, scaling, instances }) =>
            html`▫️ <code>${version}</code> ${servingStatus.toLowerCase()}, ${scaling} scaling${instances === undefined ? '' : `, ${count(instances, 'instance')}`}`,
        )
      : versions.map((version) => html`▫️ <code>${version.id}</code> ${version.runtime}`)),
    html`Routing: ${dispatchRules.length > 0 ? count(dispatchRules.length, 'rule') : 'no rules'}`,
    ...(cron ? [html`${sayCron(cron)}`] : []),
    html`Files: ${listed(files.map(({ path, text }) => `${shorten(path, 80)} (${count(text.replace(/\n$/, '').split('\n').length, 'line')})`)) || 'none'}`,
    ...(clone ? [html`Copy of the old version: <code>${clone}</code>`] : []),
    html`To bring it back: <code>/backups restore ${id}</code>, which shows first what would change.`,
  ];
}

function sayCron(cron: NonNullable<Shown['cron']>): string {
  if (cron.kind === 'read') return `Cron jobs: ${cron.jobs.length > 0 ? cron.jobs.length : 'none'}`;
  return `Cron jobs: not saved, and not changed either. ${sentence(cron.why)}`;
}

type Read =
  | { readonly kind: 'sound'; readonly backup: Shown }
  | { readonly kind: 'broken'; readonly why: string }
  | undefined;

/** A list must not fail for one file that somebody spoilt. */
async function read(store: Pick<Store, 'readDocument'>, name: string): Promise<Read> {
  try {
    const document = await store.readDocument<unknown>(name);
    return document === undefined ? undefined : { kind: 'sound', backup: v.parse(backup, document) };
  } catch (error) {
    return { kind: 'broken', why: `${name}.json cannot be read: ${sentence((error as Error).message)}` };
  }
}
