import type { Context } from 'grammy';
import { sayBar } from '../rollout/bar.ts';
import { type Draft, type Source, saySource, type Terms, type Who } from '../rollout/draft.ts';
import type { Bar } from '../rollout/guard.ts';
import type { Rejection } from '../rollout/guard-record.ts';
import { ask, orProblem } from './ask.ts';
import type { Talk } from './context.ts';
import type { WizardStart } from './dialogue.ts';
import { type Html, html, shorten } from './html.ts';
import { dayOf } from './views/words.ts';
import { parseOrder } from './wizard/order.ts';
import { askSource, type SourceWorld } from './wizard/source.ts';

/** What the wizard must know of the world. Each answers with a sentence where something is wrong. */
export interface WizardWorld extends SourceWorld {
  /** Services that may be released to. */
  services(): Promise<readonly string[]>;
  /** What is wrong with an id for a new version; undefined when nothing is. */
  checkNewVersion(service: string, version: string): Promise<string | undefined>;
  /** An id after the plan's template. @throws Error when the template asks for what the source has not. */
  suggestVersion(source: Source): Promise<string>;
  /** What keeps the service's releases back now. */
  bar(service: string): Bar | undefined;
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
  const order = await askService(talk, ctx, world, start.words ?? '');
  if (!order) return undefined;
  const { service, what } = order;
  if (await isBarred(talk, ctx, world, service)) return undefined;
  const choice = await askSource(talk, ctx, world, service, what);
  if (!choice) return undefined;
  const { source } = choice;
  const version = choice.version ?? (await askVersion(talk, ctx, world, service, source));
  if (!version) return undefined;
  // A freeze may have begun while the questions were answered.
  if (await isBarred(talk, ctx, world, service)) return undefined;
  const rejected = await talk.external(() => world.rejection(service, version) ?? null);

  const go = await ask(talk, ctx, {
    text: html`<b>${service}: release ${version}?</b>
From ${saySource(source)}. The checklist comes first; no traffic moves before an approver says so.${rejected ? backBefore(rejected) : ''}`,
    options: [{ text: 'Start', value: 'start', style: 'success' }],
    check: async (text) => (text === 'start' ? undefined : 'Please press one of the two buttons.'),
  });
  if (!go) return undefined;
  // At-least-once: the id is drawn in a step of its own, so that a repeated begin finds the rollout already there.
  const id = await talk.external(() => world.newId());
  const begun = await talk.external(({ update }) => {
    const draft = { id, service, version, source, chat: start.chat, terms: world.termsFor(service) };
    return world.begin(draft, { ...start.starter, update: update.update_id });
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

/** The service, and what else the command said. */
async function askService(
  talk: Talk,
  ctx: Context,
  world: WizardWorld,
  words: string,
): Promise<{ readonly service: string; readonly what?: string } | undefined> {
  const services = await talk.external(() => orProblem(world.services()));
  if ('problem' in services) {
    await ctx.reply(services.problem);
    return undefined;
  }
  const known = services.value;
  const said = parseOrder(words, known);
  if ('problem' in said) await ctx.reply(said.problem);
  const order = 'problem' in said ? {} : said;
  const [only, ...others] = known;
  const service =
    order.service ??
    (only !== undefined && others.length === 0
      ? only
      : await ask(talk, ctx, {
          text: html`<b>Which service?</b>`,
          options: known.map((name) => ({ text: name, value: name })),
          check: async (text) =>
            known.includes(text)
              ? undefined
              : `There is no service '${text}' here. Known: ${known.join(', ')}.`,
        }));
  return service === undefined ? undefined : { ...order, service };
}

async function askVersion(
  talk: Talk,
  ctx: Context,
  world: WizardWorld,
  service: string,
  source: Source,
): Promise<string | undefined> {
  const suggested = await talk.external(() => orProblem(world.suggestVersion(source)));
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
