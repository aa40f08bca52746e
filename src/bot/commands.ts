import type { Composer } from 'grammy';
import { type Actor, who } from '../rollout/answers.ts';
import { canRollBack, isOver, openGate, type Rollout } from '../rollout/state.ts';
import { keyboard } from './buttons.ts';
import type { BotContext } from './context.ts';
import type { Desk } from './desk.ts';
import { openDialogue } from './dialogue.ts';
import { html } from './html.ts';
import { COMMANDS } from './menu.ts';
import { OWN_NAME, senderOf } from './people.ts';
import { claimCommand, teamCommand, whoAmI } from './team/commands.ts';
import { card } from './views/card.ts';
import { firstOpenSection } from './views/checklist.ts';

const NO_ROLE = 'You are neither operator nor approver, so this changes nothing. /team says who is.';

/**
 * Commands stand above the dialogues too: /status must never become somebody's answer.
 * @param more further commands, for the team's chat.
 */
export function handleCommands(bot: Composer<BotContext>, desk: Desk, more: Composer<BotContext>): void {
  // These two make sense before there is a team, and outside its group.
  bot.command('claim', (ctx) => claimCommand(ctx, desk.team, desk.refused));
  bot.command('whoami', (ctx) => whoAmI(ctx, desk.team));
  const ours = bot.filter(
    (ctx) => ctx.hasCommand(COMMANDS.map(({ command }) => command)) || ctx.hasCommand('start'),
  );
  ours.use(async (ctx, next) => {
    const chat = desk.team.chat();
    if (chat === ctx.chatId) await next();
    else {
      if (chat !== undefined) desk.refused(senderOf(ctx), `${ctx.msg?.text ?? ''} in chat ${ctx.chatId}`);
      await ctx.reply(chat === undefined ? homeless(desk, ctx.chatId) : 'I work in my team’s group only.');
    }
  });
  ours.use(more);
  ours.command(['help', 'start'], (ctx) => ctx.reply(help(), { parse_mode: 'HTML' }));
  ours.command('status', (ctx) => status(ctx, desk));
  ours.command('team', (ctx) => teamCommand(ctx, desk.team, desk.refused));

  ours.command('deploy', async (ctx, next) => {
    const actor = await requireRole(ctx, desk, 'deploy');
    if (!actor) return;
    if (!actor.roles.includes('operator'))
      return void (await ctx.reply('Only an operator may start a rollout.'));
    const topic = ctx.msg.message_thread_id;
    const words = ctx.match.trim();
    const chat = { id: ctx.chatId, ...(topic && { topic }) };
    const argument = { starter: who(actor), chat, ...(words && { words }) };
    await openDialogue(ctx, next, { name: 'deploy', argument });
  });
  ours.command('checklist', async (ctx) => {
    const actor = await requireRole(ctx, desk, 'checklist');
    if (!actor) return;
    const rollout = await pick(
      ctx,
      desk,
      (r) => r.stage.at === 'checklist',
      'No rollout waits for its checklist.',
    );
    const section = rollout && firstOpenSection(rollout);
    if (rollout && section !== undefined) desk.showSection(rollout, section);
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
    const reason = withoutService(ctx.match, rollout) || `${actor.name} asked for it.`;
    const act = await desk.act(rollout.id, { type: 'roll-back', reason }, actor);
    if (act.refused) await ctx.reply(act.say);
  });
  ours.command('hold', async (ctx, next) => {
    const actor = await requireRole(ctx, desk, 'hold');
    if (!actor) return;
    const rollout = await pick(ctx, desk, isUnderWay, 'There is no rollout to hold.');
    if (!rollout) return;
    const reason = withoutService(ctx.match, rollout);
    if (reason) {
      const act = await desk.act(rollout.id, { type: 'hold', reason }, actor);
      return void (await ctx.reply(act.say));
    }
    const plea = { kind: 'hold', rollout: rollout.id, by: who(actor) } as const;
    const act = await desk.actUnlessWordsLack(plea);
    if (act) return void (await ctx.reply(act.say));
    await openDialogue(ctx, next, { name: 'reason', argument: plea });
  });
  ours.command('emergency', async (ctx) => {
    const actor = await requireRole(ctx, desk, 'emergency');
    if (!actor) return;
    const asked = (r: Rollout) => openGate(r, 'promote') !== undefined;
    const rollout = await pick(ctx, desk, asked, 'No question to promote is open.');
    const gate = rollout && openGate(rollout, 'promote');
    if (!gate) return;
    const { id, revision } = gate;
    const reason = withoutService(ctx.match, rollout);
    const command = { type: 'answer', gate: id, revision, answer: 'emergency', reason } as const;
    const act = await desk.act(rollout.id, command, actor);
    await ctx.reply(
      act.refused ? act.say : `On the record: ${actor.name} promotes ${rollout.service} alone.`,
    );
  });
  ours.command('resume', async (ctx) => {
    const actor = await requireRole(ctx, desk, 'resume');
    if (!actor) return;
    const rollout = await pick(
      ctx,
      desk,
      (r) => r.held !== undefined && isUnderWay(r),
      'Nothing is on hold.',
    );
    if (!rollout) return;
    const act = await desk.act(rollout.id, { type: 'resume' }, actor);
    await ctx.reply(act.refused ? act.say : `${rollout.service}: ${rollout.version} goes on.`);
  });
  ours.command('cancel', async (ctx) => {
    const actor = await requireRole(ctx, desk, 'cancel');
    if (!actor) return;
    const dialogue = Object.keys(ctx.conversation.active()).length > 0;
    await ctx.conversation.exitAll();
    if (dialogue) return void (await ctx.reply('The dialogue is ended; nothing else was changed.'));
    const rollout = await pick(ctx, desk, isUnderWay, 'There is no rollout to cancel.');
    if (!rollout) return;
    const act = await desk.act(rollout.id, { type: 'cancel' }, actor);
    if (act.refused) await ctx.reply(act.say);
  });
}

/** What to do in a chat while no chat is the team's. */
function homeless(desk: Desk, here: number): string {
  return desk.team.book
    ? 'I have no team yet. Whoever started me sees a code on the terminal: send /claim with it in the team’s group.'
    : `This chat is ${here}. Set TELEGRAM_CHAT_ID=${here} and start me again to work here.`;
}

function isUnderWay({ stage }: Rollout): boolean {
  return !isOver(stage);
}

/** What was said after a command, without the service's name in front. */
function withoutService(match: string, { service }: Rollout): string {
  const said = match.trim();
  const [word] = said.split(/\s+/, 1);
  return word === service ? said.slice(service.length).trim() : said;
}

async function requireRole(ctx: BotContext, desk: Desk, attempt: string): Promise<Actor | undefined> {
  const actor = desk.actor(ctx);
  if (!actor) {
    desk.refused(senderOf(ctx), `/${attempt}`);
    await ctx.reply(OWN_NAME);
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
    const bar = desk.bar(rollout.service);
    const view = card(rollout, { now: desk.now(), ...(bar && { bar }) });
    const waiting = rollout.gates.some((gate) => gate.outcome === undefined);
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
