import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { conversations, createConversation } from '@grammyjs/conversations';
import { Bot, BotError, Composer, type Context, GrammyError, HttpError, type Transformer } from 'grammy';
import type { Update } from 'grammy/types';
import type { Clock } from '../plan/clock.ts';
import type { Command } from '../rollout/commands.ts';
import type { Who } from '../rollout/draft.ts';
import { type Monitor, type Store, StoreProblem } from '../rollout/ports.ts';
import { handleCareCommands } from './care/commands.ts';
import { askCareNote, type CareNote } from './care/note.ts';
import { askNote } from './checklist/note.ts';
import { askWaiver } from './checklist/waive.ts';
import { handleCommands } from './commands.ts';
import type { BotContext } from './context.ts';
import { conversationStorage, hasBegun } from './conversation-storage.ts';
import type { Desk } from './desk.ts';
import type { Plea, Remark, WizardStart } from './dialogue.ts';
import { type Door, openDoor } from './door.ts';
import { shorten } from './html.ts';
import { handleInfo, type InfoPorts } from './info/install.ts';
import type { Moves } from './moves.ts';
import { handleForeignPresses, handleLeftovers, handlePresses } from './presses.ts';
import { askReason } from './reason.ts';
import { refuseSecondHand } from './second-hand.ts';
import { carefulSending, forgivingEdits } from './sending.ts';
import { followMigration } from './team/commands.ts';
import { openUnfinished } from './unfinished.ts';
import { runWizard, type WizardWorld } from './wizard.ts';

export interface BotOptions {
  readonly token: string;
  /** Base address of the Bot API; absent for Telegram's own. */
  readonly apiRoot?: string;
  readonly store: Store;
  /** Called with a sentence when a handler fails. */
  readonly failed: (what: string, error: unknown) => void;
  /** People's hours. */
  readonly peoplesClock: Clock;
  /** Called when the bot may write in the team's chat again, or the chat has got another number. */
  readonly returned: () => void;
}

/** Real seconds that Telegram may hold a poll open. */
const POLL_S = 30;
/** Another process polls with the same token: wait for it to go. */
const CONFLICT_MS = 10_000;

export interface Connection extends Pick<BotOptions, 'token' | 'apiRoot'> {
  /** What every request passes last on its way out, the innermost first. */
  readonly edge?: readonly Transformer[];
}

/** The bare connection to Telegram: what the outbox needs before the handlers exist. */
export function connectTelegram({ token, apiRoot, edge = [] }: Connection, moves?: Moves): Bot<BotContext> {
  const client = { timeoutSeconds: POLL_S + 15, ...(apiRoot && { apiRoot }) };
  const bot = new Bot<BotContext>(token, { client });
  bot.api.config.use(...edge, carefulSending(moves));
  return bot;
}

/** Teaches the bot its commands, its buttons and its dialogues. */
export function installHandlers(
  bot: Bot<BotContext>,
  options: BotOptions,
  desk: Desk,
  world: WizardWorld,
  info: InfoPorts,
  look: Monitor['look'],
): void {
  const { store, failed, peoplesClock, returned } = options;
  const apologise = async (ctx: BotContext, error: unknown) => {
    failed('an update', error);
    const sorry =
      error instanceof StoreProblem
        ? `Nothing was changed. ${error.message}`
        : 'That did not work, and nothing was changed by it. The log says more.';
    await (ctx.callbackQuery
      ? ctx.answerCallbackQuery({ text: shorten(sorry, 200), show_alert: true })
      : ctx.reply(sorry)
    ).catch((second) => failed('an apology', second));
  };
  bot.catch(({ ctx, error }) => apologise(ctx, error));
  const { team, overlooked } = desk;
  const unfinished = openUnfinished(store);
  const door = openDoor({ team, clock: peoplesClock, overlooked, failed: apologise, unfinished });
  doors.set(bot, door);
  bot.use(door.middleware);
  bot.on('my_chat_member', (ctx) => {
    if (ctx.chatId === team.chat()) returned();
  });

  // A dialogue is one person's, in one topic; whatever has no person or no chat never reaches the dialogues.
  const dialogues = bot.filter((ctx) => ctx.chatId !== undefined && ctx.from !== undefined);
  dialogues.use(
    conversations<BotContext, Context>({
      storage: conversationStorage(store, dialogueVersion()),
      plugins: [
        (ctx, next) => {
          // What dialogues send waits in the same lines as everything else.
          ctx.api.config.use(...bot.api.config.installedTransformers(), forgivingEdits(failed));
          return next();
        },
      ],
    }),
  );
  dialogues.use((ctx, next) => {
    ctx.hasBegun = () => hasBegun(store, ctx);
    return next();
  });
  dialogues.on('message:migrate_to_chat_id', async (ctx) => {
    await followMigration(ctx, team);
    returned();
  });
  refuseSecondHand(dialogues, desk);
  handlePresses(dialogues, desk, info.restorer, info.cleaner);
  const more = new Composer<BotContext>();
  handleInfo(more, info);
  handleCareCommands(more, { ...desk, look });
  handleCommands(dialogues, desk, more);
  // The word that ends a dialogue comes with an update of its own.
  const say = (id: string, by: Who) => async (command: Command, update: number) =>
    (await desk.act(id, command, { ...by, update })).say;
  dialogues.use(
    createConversation<BotContext, Context>(
      (talk, ctx, start: WizardStart) => runWizard(talk, ctx, world, start),
      'deploy',
    ),
    createConversation<BotContext, Context>(
      (talk, ctx, plea: Plea) => askReason(talk, ctx, plea, say(plea.rollout, plea.by)),
      'reason',
    ),
    createConversation<BotContext, Context>(
      (talk, ctx, remark: Remark) => askWaiver(talk, ctx, remark, say(remark.rollout, remark.by)),
      'waive',
    ),
    createConversation<BotContext, Context>((talk, ctx, remark: Remark) => {
      const { rollout, section } = remark;
      return askNote(talk, ctx, {
        items: () => desk.find(rollout)?.terms.checklist[section]?.items.length ?? 0,
        note: (number, evidence, update) =>
          desk.note({ ...remark, by: { ...remark.by, update } }, number, evidence),
      });
    }, 'note'),
    createConversation<BotContext, Context>(
      (talk, ctx, note: CareNote) =>
        askCareNote(talk, ctx, note, async (id, command, by) => (await desk.act(id, command, by)).say),
      'care-note',
    ),
  );
  dialogues.use((ctx, next) =>
    ctx.dialogue ? ctx.conversation.enter(ctx.dialogue.name, ctx.dialogue.argument) : next(),
  );
  handleLeftovers(dialogues);
  handleForeignPresses(bot, desk);
}

/** What the updates of a bot pass first, as long as there is the bot. */
const doors = new WeakMap<Bot<BotContext>, Door>();

/** Polls until stopped. Resolves once the last handler is through. */
export async function poll(
  bot: Bot<BotContext>,
  ready: () => void,
  failed: BotOptions['failed'],
): Promise<void> {
  const door = doors.get(bot);
  for (;;) {
    try {
      await bot.init();
      door
        ?.resume((update) => handle(bot, update))
        .catch((error) => failed('what was left unfinished', error));
      await bot.start({
        timeout: POLL_S,
        allowed_updates: ['message', 'callback_query', 'my_chat_member'],
        onStart: ready,
      });
      return await door?.idle();
    } catch (error) {
      if (error instanceof GrammyError && error.error_code === 401) {
        throw new Error(
          'Telegram does not know this token. Check TELEGRAM_BOT_TOKEN; @BotFather shows the right one.',
        );
      }
      if (!(error instanceof GrammyError) || error.error_code !== 409) throw plain(error);
      failed('polling: another process uses the same bot token, so this one waits', plain(error));
      await new Promise((resolve) => setTimeout(resolve, CONFLICT_MS));
    }
  }
}

/** As if it had been polled. */
async function handle(bot: Bot<BotContext>, update: Update): Promise<void> {
  await bot.handleUpdate(update).catch((error) => {
    if (error instanceof BotError) return bot.errorHandler(error);
    throw error;
  });
}

/** grammY's errors carry the bot's token in their inner objects; this keeps the words only. */
export function plain(error: unknown): Error {
  if (error instanceof GrammyError)
    return new Error(`${error.method}: ${error.error_code} ${error.description}`);
  if (error instanceof HttpError) return new Error(error.message);
  return error instanceof Error ? error : new Error(String(error));
}

/** Stored dialogues are replayed through this code, so they are only good for the very code that they were made by. */
function dialogueVersion(): string {
  const hash = createHash('sha256');
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  for (const name of [
    'wizard',
    'wizard/order',
    'wizard/source',
    'ask',
    'reason',
    'checklist/waive',
    'checklist/note',
    'checklist/evidence',
    'care/note',
    'buttons',
    'bot',
  ]) {
    hash.update(readFileSync(new URL(`./${name}.${ending}`, import.meta.url)));
  }
  return hash.digest('base64url').slice(0, 16);
}
