import type { Composer, NextFunction } from 'grammy';
import type { Act, Actor } from '../rollout/answers.ts';
import type { Command } from '../rollout/commands.ts';
import { openGate, type Rollout } from '../rollout/state.ts';
import { keyboard, type Press, parseData, rolloutOfGate } from './buttons.ts';
import { COMMANDS } from './commands.ts';
import { type BotContext, openDialogue } from './context.ts';
import { html } from './html.ts';
import type { Overruling } from './reason.ts';
import { card } from './views/card.ts';
import { checklistSection } from './views/checklist.ts';

/** What the handlers can have done for people. */
export interface Desk {
  /** The team's chat; absent while it is not known, when the bot only helps to find it out. */
  readonly chat?: number;
  now(): number;
  actor(ctx: BotContext): Actor | undefined;
  find(id: string): Rollout | undefined;
  rollouts(): readonly Rollout[];
  act(id: string, command: Command, actor: Actor): Promise<Act>;
  overrule(overruling: Overruling, reason: string): Promise<Act>;
  /** Sends the figures and the last error logs of a rollout to its chat. */
  showEvidence(rollout: Rollout): Promise<void>;
  /** An attempt by somebody without a role that no rollout has a journal for. */
  refused(actor: Actor, attempt: string): void;
}

const NO_ROLE = 'You have no role in the plan, so this changes nothing. An operator or approver can do it.';

/** Buttons stand above the dialogues: nobody's wizard may swallow another one's answer. */
export function handlePresses(bot: Composer<BotContext>, desk: Desk): void {
  bot.on('callback_query:data', async (ctx, next) => {
    const press = parseData(ctx.callbackQuery.data);
    if (!press)
      return void (await ctx.answerCallbackQuery({
        text: 'This button is not one of mine.',
        show_alert: true,
      }));
    if (press.kind === 'choose' || press.kind === 'turn') return next();
    const actor = desk.actor(ctx);
    if (!actor)
      return void (await ctx.answerCallbackQuery({ text: 'Only a person can answer.', show_alert: true }));
    await handlePress(ctx, next, desk, press, actor);
    // A tick is on record now; the walk may want to turn the page.
    if (press.kind === 'tick') await next();
  });
}

async function handlePress(
  ctx: BotContext,
  next: NextFunction,
  desk: Desk,
  press: Press,
  actor: Actor,
): Promise<void> {
  switch (press.kind) {
    case 'answer': {
      const { gate, revision, answer } = press;
      if (answer === 'overrule') return askForReason(ctx, next, desk, { gate, revision, actor });
      return reply(
        ctx,
        await desk.act(rolloutOfGate(gate), { type: 'answer', gate, revision, answer }, actor),
      );
    }
    case 'tick':
      return tick(ctx, desk, press, actor);
    case 'roll-back': {
      const reason = `${actor.name} pressed “Roll back”.`;
      return reply(ctx, await desk.act(press.rollout, { type: 'roll-back', reason }, actor));
    }
    case 'ask-again':
      return reply(ctx, await desk.act(press.rollout, { type: 'ask-again' }, actor));
    case 'evidence': {
      const rollout = desk.find(press.rollout);
      if (!rollout) return reply(ctx, { say: 'That rollout is closed.', refused: true });
      await ctx.answerCallbackQuery({ text: 'Fetching the figures and the logs.' });
      return desk.showEvidence(rollout);
    }
    default:
      return undefined;
  }
}

async function reply(ctx: BotContext, act: Pick<Act, 'say' | 'refused'>): Promise<void> {
  await ctx.answerCallbackQuery({ text: act.say.slice(0, 200), show_alert: act.refused });
}

async function askForReason(
  ctx: BotContext,
  next: NextFunction,
  desk: Desk,
  overruling: Overruling,
): Promise<void> {
  // Weighed once without a reason: whoever may not overrule is told so before being asked why.
  const rollout = desk.find(rolloutOfGate(overruling.gate));
  const may =
    rollout && overruling.actor.roles.includes('approver') && overruling.actor.id !== rollout.starter.id;
  if (!may) {
    const act = await desk.overrule(overruling, '');
    return reply(ctx, act);
  }
  await ctx.answerCallbackQuery({ text: 'Please write down why.' });
  await openDialogue(ctx, next, { name: 'reason', argument: overruling });
}

async function tick(
  ctx: BotContext,
  desk: Desk,
  press: Extract<Press, { kind: 'tick' }>,
  actor: Actor,
): Promise<void> {
  const { section, item } = press;
  const before = desk.find(press.rollout);
  const part = before?.terms.checklist[section];
  if (!before || !part) return reply(ctx, { say: 'That checklist is closed.', refused: true });
  const ids = (item === 'all' ? part.items.map((_, i) => i) : [item]).map((i) => `${section + 1}.${i + 1}`);
  const done = item === 'all' || !before.ticks[ids[0] ?? ''];
  const act = await desk.act(press.rollout, { type: 'mark', items: ids, done }, actor);
  await reply(ctx, act);
  const after = desk.find(press.rollout);
  const view = after && checklistSection(after, section);
  if (view && act.facts.length > 0 && !act.refused) {
    await ctx.editMessageText(view.html, { parse_mode: 'HTML', reply_markup: keyboard(view.buttons) });
  }
}

/** Commands stand above the dialogues too: /status must never become somebody's answer. */
export function handleCommands(bot: Composer<BotContext>, desk: Desk): void {
  const ours = bot.filter(
    (ctx) => ctx.hasCommand(COMMANDS.map(({ command }) => command)) || ctx.hasCommand('start'),
  );
  ours.use(async (ctx, next) => {
    if (desk.chat === undefined) {
      await ctx.reply(
        `This chat is ${ctx.chatId}. Set TELEGRAM_CHAT_ID=${ctx.chatId} and start me again to work here.`,
      );
    } else if (ctx.chatId !== desk.chat) {
      await ctx.reply('I work in my team’s group only.');
    } else await next();
  });
  ours.command(['help', 'start'], (ctx) => ctx.reply(help(), { parse_mode: 'HTML' }));
  ours.command('status', (ctx) => status(ctx, desk));

  ours.command('deploy', async (ctx, next) => {
    const actor = await requireRole(ctx, desk, 'deploy');
    if (!actor) return;
    if (!actor.roles.includes('operator'))
      return void (await ctx.reply('Only an operator may start a rollout.'));
    const topic = ctx.msg.message_thread_id;
    const service = ctx.match.trim();
    const chat = { id: ctx.chatId, ...(topic && { topic }) };
    await openDialogue(ctx, next, { name: 'deploy', argument: { actor, chat, ...(service && { service }) } });
  });
  ours.command('checklist', async (ctx, next) => {
    const actor = await requireRole(ctx, desk, 'checklist');
    if (!actor) return;
    const rollout = await pick(
      ctx,
      desk,
      (r) => r.stage.at === 'checklist',
      'No rollout waits for its checklist.',
    );
    if (!rollout) return;
    await openDialogue(ctx, next, { name: 'checklist', argument: rollout.id });
  });
  ours.command('rollback', async (ctx) => {
    const actor = await requireRole(ctx, desk, 'rollback');
    if (!actor) return;
    const rollout = await pick(
      ctx,
      desk,
      canRollBack,
      'There is nothing to roll back: no rollout here has been backed up.',
    );
    if (!rollout) return;
    const named = ctx.match.trim().replace(new RegExp(`^${rollout.service}\\b\\s*`), '');
    const reason = named || `${actor.name} asked for it.`;
    const act = await desk.act(rollout.id, { type: 'roll-back', reason }, actor);
    if (act.refused) await ctx.reply(act.say);
  });
  ours.command('cancel', async (ctx) => {
    const actor = await requireRole(ctx, desk, 'cancel');
    if (!actor) return;
    const talking = Object.keys(ctx.conversation.active()).length > 0;
    await ctx.conversation.exitAll();
    const cancellable = (r: Rollout) => !['done', 'rolled-back', 'cancelled'].includes(r.stage.at);
    if (talking && !desk.rollouts().some(cancellable))
      return void (await ctx.reply('The dialogue is ended.'));
    const rollout = await pick(ctx, desk, cancellable, 'There is no rollout to cancel.');
    if (!rollout) return;
    const act = await desk.act(rollout.id, { type: 'cancel' }, actor);
    if (act.refused) await ctx.reply(act.say);
  });
}

function canRollBack(rollout: Rollout): boolean {
  return (
    rollout.original !== undefined && rollout.stage.at !== 'rolled-back' && rollout.stage.at !== 'cancelled'
  );
}

async function requireRole(ctx: BotContext, desk: Desk, attempt: string): Promise<Actor | undefined> {
  const actor = desk.actor(ctx);
  if (!actor) {
    await ctx.reply(
      'Roles belong to persons: please send this in your own name, not as the group or a channel.',
    );
    return undefined;
  }
  if (actor.roles.length > 0) return actor;
  desk.refused(actor, `/${attempt}`);
  await ctx.reply(NO_ROLE);
  return undefined;
}

/** The rollout that a command means: the only one that fits, or the one whose service is named. */
async function pick(
  ctx: BotContext & { match: string | RegExpMatchArray },
  desk: Desk,
  fits: (rollout: Rollout) => boolean,
  none: string,
): Promise<Rollout | undefined> {
  const fitting = desk.rollouts().filter(fits);
  const services = [...new Set(fitting.map((rollout) => rollout.service))];
  const [word = ''] = String(ctx.match).trim().split(/\s+/);
  const service = services.length === 1 ? services[0] : services.find((name) => name === word);
  if (service !== undefined) return fitting.findLast((rollout) => rollout.service === service);
  await ctx.reply(services.length === 0 ? none : `Which service? Add its name: ${services.join(', ')}.`);
  return undefined;
}

async function status(ctx: BotContext, desk: Desk): Promise<void> {
  const rollouts = desk.rollouts();
  if (rollouts.length === 0) return void (await ctx.reply('No rollout so far. /deploy begins one.'));
  for (const rollout of rollouts) {
    const view = card(rollout, { now: desk.now() });
    const waiting = rollout.gates.some((gate) => gate.outcome === undefined) || openGate(rollout, 'promote');
    const note = waiting ? html`\n<i>A question is open above.</i>`.text : '';
    await ctx.reply(view.html + note, { parse_mode: 'HTML', reply_markup: keyboard(view.buttons) });
  }
}

function help(): string {
  const lines = COMMANDS.map(({ command, description }) => html`/${command}: ${description}`);
  return html`<b>I take a release to App Engine, one gate at a time.</b>
Checklist, backup, deployment without traffic, checks, then step by step more traffic, each step judged and approved here.

${lines}`.text;
}

/** Buttons of dialogues that are over, or somebody else's. */
export function handleLeftovers(bot: Composer<BotContext>): void {
  bot.on('callback_query:data', async (ctx) => {
    const press = parseData(ctx.callbackQuery.data);
    if (press?.kind === 'tick') return;
    const text =
      press?.kind === 'turn'
        ? 'Nobody walks you through this list any more. /checklist picks it up.'
        : 'This dialogue is over, or somebody else’s. /deploy starts your own.';
    await ctx.answerCallbackQuery({ text, show_alert: true });
  });
}
