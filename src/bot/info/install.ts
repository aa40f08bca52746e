import type { CommandContext, Composer } from 'grammy';
import type { Who } from '../../rollout/draft.ts';
import { keyboard, type View } from '../buttons.ts';
import type { BotContext } from '../context.ts';
import { OWN_NAME, personOf } from '../people.ts';
import { type ReportPorts, reportCommand } from '../report/command.ts';
import { showRestoration } from '../restore/handlers.ts';
import type { Restorer } from '../restore/restorer.ts';
import { rolesOf } from '../team/history.ts';
import { type BackupPorts, backupsCommand } from './backups.ts';
import { type FreezePorts, freezeCommand, unfreezeCommand } from './freeze.ts';
import { type HistoryPorts, historyCommand } from './history.ts';
import { type LockPorts, lockCommand, unlockCommand } from './lock.ts';
import { type PlanPorts, planCommand } from './plan.ts';
import type { Reply, Sender } from './reply.ts';
import { type TrafficPorts, trafficCommand, versionsCommand } from './traffic.ts';

/** Everything that these commands look at and change. */
export type InfoPorts = PlanPorts &
  TrafficPorts &
  HistoryPorts &
  BackupPorts &
  ReportPorts &
  Omit<LockPorts, 'guard'> &
  Omit<FreezePorts, 'guard' | 'zone'> & {
    readonly guard: FreezePorts['guard'] & LockPorts['guard'];
    readonly restorer: Restorer;
    /** An attempt by somebody who may not. */
    refused(by: Who, attempt: string): void;
  };

/** Teaches the bot the commands of {@link INFO_COMMANDS}. Those that only look are for everybody in the chat. */
export function handleInfo(bot: Composer<BotContext>, ports: InfoPorts): void {
  bot.command('plan', async (ctx) => show(ctx, await planCommand(ctx.match, ports)));
  bot.command('traffic', async (ctx) => show(ctx, await trafficCommand(ctx.match, ports)));
  bot.command('versions', async (ctx) => show(ctx, await versionsCommand(ctx.match, ports)));
  bot.command('history', async (ctx) => show(ctx, await historyCommand(ctx.match, ports)));
  bot.command('backups', async (ctx) => {
    const [, id] = /^restore\s+([a-z0-9]+)\s*$/.exec(ctx.match) ?? [];
    if (id !== undefined) await showRestoration(ctx, id, ports.restorer);
    else await show(ctx, await backupsCommand(ctx.match, ports));
  });
  bot.command('report', (ctx) => reportCommand(ctx, ports));

  const freezing = { ...ports, zone: ports.plan.zone };
  bot.command('freeze', (ctx) => act(ctx, ports, (sender) => freezeCommand(ctx.match, sender, freezing)));
  bot.command('unfreeze', (ctx) => act(ctx, ports, (sender) => unfreezeCommand(ctx.match, sender, freezing)));
  bot.command('lock', (ctx) => act(ctx, ports, (sender) => lockCommand(ctx.match, sender, ports)));
  bot.command('unlock', (ctx) => act(ctx, ports, (sender) => unlockCommand(ctx.match, sender, ports)));
}

async function act(
  ctx: CommandContext<BotContext>,
  { team, refused }: Pick<InfoPorts, 'team' | 'refused'>,
  carryOut: (sender: Sender) => Promise<Reply>,
): Promise<void> {
  const person = ctx.msg.sender_chat ? undefined : personOf(ctx.from);
  if (!person) return void (await ctx.reply(OWN_NAME));
  const member = team.members().find(({ id }) => id === person.id);
  const sender = { id: person.id, name: member?.name ?? person.name, roles: rolesOf(member) };
  const reply = await carryOut(sender);
  if (reply.refused) refused(sender, ctx.msg.text);
  await show(ctx, reply.view);
}

async function show(ctx: CommandContext<BotContext>, view: View): Promise<void> {
  await ctx.reply(view.html, {
    parse_mode: 'HTML',
    ...(view.buttons && { reply_markup: keyboard(view.buttons) }),
  });
}
