import type { Middleware } from 'grammy';
import type { Update } from 'grammy/types';
import type { Clock } from '../plan/clock.ts';
import type { Who } from '../rollout/draft.ts';
import { createAllowance } from './allowance.ts';
import type { BotContext } from './context.ts';
import { createLanes } from './lanes.ts';
import { personOf } from './people.ts';
import type { Team } from './team/team.ts';
import type { Unfinished } from './unfinished.ts';

/** Of one member and minute; nobody's honest thumb is faster. */
const MEMBER_UPDATES = 120;
/** Rollbacks count by themselves: whatever else somebody has pressed, the way back stays open. */
const MEMBER_ROLLBACKS = 30;
/** Answers to one member who is faster all the same. */
const MEMBER_WARNINGS = 10;
/** Of one stranger and minute, and of all of them: what they are answered with goes out through the team's own budget. */
const STRANGER_UPDATES = 10;
const STRANGERS_UPDATES = 60;
/** Real milliseconds that one person's update may keep the others' waiting. */
const PATIENCE_MS = 2_000;

export interface DoorOptions {
  readonly team: Pick<Team, 'members'>;
  /** People's hours, which the minutes here are. */
  readonly clock: Pick<Clock, 'now'>;
  /** Counts an attempt that was not even looked at. */
  readonly overlooked: (by: Who, attempt: string) => void;
  /** An update failed while the bot had gone on to others. */
  readonly failed: (ctx: BotContext, error: unknown) => Promise<void>;
  readonly unfinished: Unfinished;
}

/** What every update passes first. */
export interface Door {
  readonly middleware: Middleware<BotContext>;
  /** Hands over what came in under a process that died over it, and that Telegram takes for done. */
  resume(handle: (update: Update) => Promise<void>): Promise<void>;
  /** Resolves when nothing that came in is under way. */
  idle(): Promise<void>;
}

/**
 * Puts the team first. A member's updates are worked off in order, and a slow one does not hold up the next person's.
 * Strangers come after: of each only so many a minute, one after another, while the team's go past them; their talk, and
 * whatever is too much, costs a look at who it is from and nothing else.
 */
export function openDoor({ team, clock, overlooked, failed, unfinished }: DoorOptions): Door {
  const lanes = createLanes(PATIENCE_MS);
  const asides = createLanes(0);
  const members = createAllowance(clock, MEMBER_UPDATES, Number.POSITIVE_INFINITY);
  const rollbacks = createAllowance(clock, MEMBER_ROLLBACKS, Number.POSITIVE_INFINITY);
  const warnings = createAllowance(clock, MEMBER_WARNINGS, Number.POSITIVE_INFINITY);
  const strangers = createAllowance(clock, STRANGER_UPDATES, STRANGERS_UPDATES);

  return {
    async idle() {
      await Promise.all([lanes.idle(), asides.idle()]);
    },
    resume: unfinished.resume,
    async middleware(ctx, next) {
      const { from } = ctx;
      // Telegram's own word on the chat itself.
      if (!from || ctx.myChatMember || ctx.msg?.migrate_to_chat_id !== undefined) return next();
      const fails = (error: unknown) => failed(ctx, error);
      if (!team.members().some(({ id }) => id === from.id)) {
        if (!isAddressed(ctx)) return;
        if (!strangers.take(from.id)) return turnedAway(ctx);
        // Not waited for: the team's updates behind it go first. All strangers are one in this.
        void lanes.run(STRANGERS, next, { ...UNKEPT, fails }).catch(fails);
        return;
      }
      const allowance = asksForRollback(ctx) ? rollbacks : members;
      if (allowance.take(from.id)) {
        const begins = () => unfinished.keep(ctx.update);
        const ends = () => unfinished.drop(ctx.update.update_id);
        return (isAside(ctx) ? asides : lanes).run(from.id, next, { begins, fails, ends });
      }
      turnedAway(ctx);
      if (!ctx.callbackQuery || !warnings.take(from.id)) return;
      const text =
        'That is more than I take of one person in a minute, so this tap did nothing. Wait a little.';
      await ctx.answerCallbackQuery({ text, show_alert: true });
    },
  };

  function turnedAway(ctx: BotContext): void {
    const by = personOf(ctx.from) ?? { id: ctx.from?.id ?? 0, name: 'Somebody without a name' };
    const what = ctx.callbackQuery ? `tap ${ctx.callbackQuery.data ?? ''}` : (ctx.msg?.text ?? 'a message');
    overlooked(by, what.slice(0, 64));
  }
}

/** Nothing that strangers ask for is carried out, and a file must not grow by them. */
const UNKEPT = { begins: async () => {}, ends: async () => {} };

/** No user has this number. */
const STRANGERS = 0;

/** A tap, or a command: the rest of what people say to each other is none of the bot's business. */
function isAddressed(ctx: BotContext): boolean {
  return ctx.callbackQuery !== undefined || ctx.msg?.entities?.[0]?.type === 'bot_command';
}

/** Figures and logs take a while to be read, and nobody's next tap, the same person's included, waits for them. */
function isAside(ctx: BotContext): boolean {
  return ctx.callbackQuery?.data?.startsWith('e/') === true;
}

function asksForRollback(ctx: BotContext): boolean {
  return ctx.callbackQuery?.data?.startsWith('r/') === true || ctx.hasCommand('rollback');
}
