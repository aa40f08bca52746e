import type { Context } from 'grammy';
import { type Source, saySource } from '../../rollout/draft.ts';
import type { Rejection } from '../../rollout/guard-record.ts';
import { ask, orProblem } from '../ask.ts';
import type { Talk } from '../context.ts';
import { html, shorten } from '../html.ts';
import { dayOf } from '../views/words.ts';

/** Something that may be released. */
export interface Choice {
  readonly source: Source;
  /** Of one that is there already. */
  readonly version?: string;
}

/** What the wizard must know of the sources. */
export interface SourceWorld {
  /** What the plan releases, in words for a button: "the folder apps/web". Asks nobody. */
  sayPlanned(service: string): string;
  /** What the plan releases, as it is now. @throws Error with a sentence */
  planned(service: string): Promise<Source>;
  /** Everything that a word may mean as a source of the service; never nothing. @throws Error with a sentence */
  understand(word: string, service: string): Promise<readonly Choice[]>;
  /** What is wrong with a source for this service; undefined when nothing is, or when it cannot be told soon. */
  check(source: Source, service: string): Promise<string | undefined>;
  /** Versions that could be let in without deploying anything; newest first. */
  idleVersions(service: string): Promise<readonly string[]>;
  /** When and why this version was rolled back, if it was. */
  rejection(service: string, version: string): Rejection | undefined;
}

/** Takes what was named, and asks for the rest. Undefined when the person calls it off. */
export async function askSource(
  talk: Talk,
  ctx: Context,
  world: SourceWorld,
  service: string,
  named?: string,
): Promise<Choice | undefined> {
  const choice = named === undefined ? undefined : await understood(talk, ctx, world, service, named);
  if (choice) return choice === 'off' ? undefined : choice;
  for (;;) {
    const picked = await askWhat(talk, ctx, world, service);
    if (picked === undefined) return undefined;
    const found = await understood(talk, ctx, world, service, picked);
    if (found) return found === 'off' ? undefined : found;
  }
}

/** What a word means, asked where it is more than one thing. Undefined when it cannot be used, which is said. */
async function understood(
  talk: Talk,
  ctx: Context,
  world: SourceWorld,
  service: string,
  word: string,
): Promise<Choice | 'off' | undefined> {
  const found = await talk.external(() => orProblem(meanings(world, service, word)));
  if ('problem' in found) {
    await ctx.reply(found.problem);
    return undefined;
  }
  const [only, ...others] = found.value;
  const choice = others.length === 0 ? only : await askWhich(talk, ctx, found.value, word);
  if (!choice) return 'off';
  const wrong = await talk.external(() => orProblem(world.check(choice.source, service)));
  const sentence = 'problem' in wrong ? wrong.problem : wrong.value;
  if (sentence === undefined) return choice;
  await ctx.reply(sentence);
  return undefined;
}

/** What a button of {@link askWhat} says, or what was typed. */
async function meanings(world: SourceWorld, service: string, word: string): Promise<readonly Choice[]> {
  if (word === PLANNED) return [{ source: await world.planned(service) }];
  const [, version] = /^version (\S+)$/.exec(word) ?? [];
  return version === undefined ? world.understand(word, service) : [{ source: { kind: 'version' }, version }];
}

const PLANNED = 'as planned';

async function askWhat(
  talk: Talk,
  ctx: Context,
  world: SourceWorld,
  service: string,
): Promise<string | undefined> {
  const idle = await talk.external(() => orProblem(world.idleVersions(service)));
  if ('problem' in idle) {
    await ctx.reply(idle.problem);
    return undefined;
  }
  const shown = idle.value.slice(0, 3);
  const back = await talk.external(() => shown.map((id) => world.rejection(service, id)?.at ?? null));
  return ask(talk, ctx, {
    text: html`<b>${service}: what is to be released?</b>`,
    other: {
      button: 'Something else…',
      prompt:
        'What? Reply with a branch, a tag or a commit, a version, gs://bucket/app.zip, a container image, or a folder such as ./app.',
    },
    options: [
      { text: capital(shorten(world.sayPlanned(service), 60)), value: PLANNED, style: 'primary' },
      ...shown.map((id, i) => {
        const at = back[i];
        const known = typeof at === 'number' ? `rolled back on ${dayOf(at)}` : 'already there';
        return { text: `Version ${id} (${known})`, value: `version ${id}` };
      }),
    ],
    check: async (word) => {
      const [choice, ...others] = await meanings(world, service, word);
      return choice && others.length === 0 ? world.check(choice.source, service) : undefined;
    },
  });
}

async function askWhich(
  talk: Talk,
  ctx: Context,
  choices: readonly Choice[],
  word: string,
): Promise<Choice | undefined> {
  const options = choices.map(({ source, version }, i) => ({
    text: capital(shorten(version === undefined ? saySource(source) : `the version ${version}`, 60)),
    value: String(i),
  }));
  const picked = await ask(talk, ctx, {
    text: html`<b>“${word}” means more than one thing. Which one?</b>`,
    options,
    check: async (text) => (choices[Number(text)] ? undefined : 'Please press one of the buttons.'),
  });
  return picked === undefined ? undefined : choices[Number(picked)];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
