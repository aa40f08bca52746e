import type { Context } from 'grammy';
import { sayBar } from '../rollout/bar.ts';
import type { Draft, Source, Terms, Who } from '../rollout/draft.ts';
import type { Bar } from '../rollout/guard.ts';
import type { Rejection } from '../rollout/guard-record.ts';
import { ask, orProblem } from './ask.ts';
import type { Talk } from './context.ts';
import type { WizardStart } from './dialogue.ts';
import { type Html, html, shorten } from './html.ts';
import { dayOf } from './views/words.ts';

/** What the wizard must know of the world. Each answers with a sentence where something is wrong. */
export interface WizardWorld {
  /** Services that may be released to. */
  services(): Promise<readonly string[]>;
  /** Folder the plan names for a service. */
  sourceOf(service: string): string;
  /** What is wrong with a folder as a source for this service; undefined when nothing is. */
  checkFolder(path: string, service: string): Promise<string | undefined>;
  /** What is wrong with an id for a new version; undefined when nothing is. */
  checkNewVersion(service: string, version: string): Promise<string | undefined>;
  /** Versions that could be let in without deploying anything; newest first. */
  idleVersions(service: string): Promise<readonly string[]>;
  /** An id after the plan's template. @throws Error when the template asks for what the folder has not. */
  suggestVersion(folder: string): Promise<string>;
  /** What keeps the service's releases back now. */
  bar(service: string): Bar | undefined;
  /** When and why this version was rolled back, if it was. */
  rejection(service: string, version: string): Rejection | undefined;
  newId(): string;
  termsFor(service: string): Terms;
  /** Begins it if the starter still may. */
  begin(draft: Draft, starter: Who): Promise<{ refused?: string }>;
}

/**
 * Asks one person what is to be released, and begins the rollout as its last act. Replayed from its first line at every
 * update, so everything that reads or changes the world goes through `external`.
 * @returns the id of the rollout, or undefined when it was called off or refused.
 */
export async function runWizard(
  talk: Talk,
  ctx: Context,
  world: WizardWorld,
  start: WizardStart,
): Promise<string | undefined> {
  const service = await askService(talk, ctx, world, start.service);
  if (!service) return undefined;
  if (await isBarred(talk, ctx, world, service)) return undefined;
  const source = await askSource(talk, ctx, world, service);
  if (!source) return undefined;
  const version = source.version ?? (await askVersion(talk, ctx, world, service, source));
  if (!version) return undefined;
  // A freeze may have begun while the questions were answered.
  if (await isBarred(talk, ctx, world, service)) return undefined;
  const rejected = await talk.external(() => world.rejection(service, version) ?? null);

  const from = source.kind === 'folder' ? `the folder ${source.path}` : 'the version that is already there';
  const go = await ask(talk, ctx, {
    text: html`<b>${service}: release ${version}?</b>
From ${from}. The checklist comes first; no traffic moves before an approver says so.${rejected ? backBefore(rejected) : ''}`,
    options: [{ text: 'Start', value: 'start', style: 'success' }],
    check: async (text) => (text === 'start' ? undefined : 'Please press one of the two buttons.'),
  });
  if (!go) return undefined;
  // At-least-once: the id is drawn in a step of its own, so that a repeated begin finds the rollout already there.
  const id = await talk.external(() => world.newId());
  const begun = await talk.external(() => {
    const { version: _, ...kept } = source;
    const draft = {
      id,
      service,
      version,
      source: kept as Source,
      chat: start.chat,
      terms: world.termsFor(service),
    };
    return world.begin(draft, start.starter);
  });
  if (!begun.refused) return id;
  await ctx.reply(begun.refused);
  return undefined;
}

/** Says what keeps releases back, and how that ends, before anybody answers questions in vain. */
async function isBarred(talk: Talk, ctx: Context, world: WizardWorld, service: string): Promise<boolean> {
  const bar = await talk.external(() => world.bar(service) ?? null);
  if (bar) await ctx.reply(sayBar(service, bar));
  return bar !== null;
}

function backBefore({ version, at, why }: Rejection): Html {
  return html`
⚠️ ${version} was rolled back on ${dayOf(at)}: ${shorten(why, 300)}`;
}

async function askService(
  talk: Talk,
  ctx: Context,
  world: WizardWorld,
  named?: string,
): Promise<string | undefined> {
  const services = await talk.external(() => orProblem(world.services()));
  if ('problem' in services) {
    await ctx.reply(services.problem);
    return undefined;
  }
  const known = services.value;
  const unknown = (name: string) => `There is no service '${name}' here. Known: ${known.join(', ')}.`;
  if (named !== undefined) {
    if (known.includes(named)) return named;
    await ctx.reply(unknown(named));
  } else if (known.length === 1) return known[0];
  return ask(talk, ctx, {
    text: html`<b>Which service?</b>`,
    options: known.map((name) => ({ text: name, value: name })),
    check: async (text) => (known.includes(text) ? undefined : unknown(text)),
  });
}

type Choice = ({ kind: 'folder'; path: string } | { kind: 'version' }) & { version?: string };

async function askSource(
  talk: Talk,
  ctx: Context,
  world: WizardWorld,
  service: string,
): Promise<Choice | undefined> {
  const folder = world.sourceOf(service);
  const idle = await talk.external(() => orProblem(world.idleVersions(service)));
  if ('problem' in idle) {
    await ctx.reply(idle.problem);
    return undefined;
  }
  const shown = idle.value.slice(0, 3);
  const back = await talk.external(() => shown.map((id) => world.rejection(service, id)?.at ?? null));
  const picked = await ask(talk, ctx, {
    text: html`<b>${service}: what is to be released?</b>`,
    other: { button: 'Another folder…', prompt: 'Which folder? Reply with its path.' },
    options: [
      { text: `The folder ${folder}`, value: folder, style: 'primary' },
      ...shown.map((id, i) => {
        const at = back[i];
        const known = typeof at === 'number' ? `rolled back on ${dayOf(at)}` : 'already there';
        return { text: `Version ${id} (${known})`, value: `version ${id}` };
      }),
    ],
    check: (text) =>
      text.startsWith('version ') ? Promise.resolve(undefined) : world.checkFolder(text, service),
  });
  if (picked === undefined) return undefined;
  const there = idle.value.find((id) => picked === `version ${id}`);
  return there ? { kind: 'version', version: there } : { kind: 'folder', path: picked };
}

async function askVersion(
  talk: Talk,
  ctx: Context,
  world: WizardWorld,
  service: string,
  source: Choice,
): Promise<string | undefined> {
  const folder = source.kind === 'folder' ? source.path : '';
  const suggested = await talk.external(() => orProblem(world.suggestVersion(folder)));
  if ('problem' in suggested) await ctx.reply(suggested.problem);
  const options =
    'value' in suggested
      ? [{ value: suggested.value, text: suggested.value, style: 'primary' } as const]
      : [];
  return ask(talk, ctx, {
    text: html`<b>${service}: what shall the new version be called?</b>`,
    other: {
      button: 'Another id…',
      prompt: 'Which id? Reply with it: lower-case letters, digits and hyphens.',
    },
    options,
    check: (text) => world.checkNewVersion(service, text),
  });
}
