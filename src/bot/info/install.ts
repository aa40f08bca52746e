import type { CommandContext, Composer } from 'grammy';
import type { Who } from '../../rollout/draft.ts';
import type { Auditor } from '../audit/auditor.ts';
import { auditCommand } from '../audit/command.ts';
import { keyboard, type View } from '../buttons.ts';
import type { BotContext } from '../context.ts';
import { OWN_NAME, personOf, senderOf } from '../people.ts';
import { type ReportPorts, reportCommand } from '../report/command.ts';
import { showRestoration } from '../restore/handlers.ts';
import type { Restorer } from '../restore/restorer.ts';
import { rolesOf } from '../team/history.ts';
import type { Cleaner } from '../versions/cleaner.ts';
import { showCleaning } from '../versions/handlers.ts';
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
    readonly cleaner: Cleaner;
    readonly auditor: Auditor;
    /** An attempt by somebody who may not. */
    refused(by: Who, attempt: string): void;
    /** Something failed that no handler waits for. */
    failed(what: string, error: unknown): void;
  };

type Ctx = CommandContext<BotContext>;

/** Teaches the bot the commands of {@link INFO_COMMANDS}. Those that only look are for everybody in the chat. */
export function handleInfo(bot: Composer<BotContext>, ports: InfoPorts): void {
  bot.command('history', async (ctx) => show(ctx, await historyCommand(ctx.match, ports)));
  bot.command('backups', async (ctx) => {
    const [, id] = /^restore\s+([a-z0-9]+)\s*$/.exec(ctx.match) ?? [];
    if (id === undefined) await show(ctx, await backupsCommand(ctx.match, ports));
    else aside(ctx, ports, () => showRestoration(ctx, id, ports.restorer));
  });
  const look = (command: string, view: (ctx: Ctx) => Promise<View>) =>
    bot.command(command, (ctx) => aside(ctx, ports, async () => show(ctx, await view(ctx))));
  look('plan', (ctx) => planCommand(ctx.match, ports));
  look('traffic', (ctx) => trafficCommand(ctx.match, ports));
  bot.command('versions', (ctx) => {
    const [clean, service] = /^clean(?:\s+(\S+))?\s*$/.exec(ctx.match) ?? [];
    aside(ctx, ports, async () =>
      clean === undefined
        ? show(ctx, await versionsCommand(ctx.match, ports))
        : showCleaning(ctx, service, ports.cleaner, ports.plan.cleaning),
    );
  });
  bot.command('report', (ctx) => aside(ctx, ports, () => reportCommand(ctx, ports)));
  bot.command('audit', async (ctx) => {
    const sender = await requirePerson(ctx, ports);
    if (sender) aside(ctx, ports, () => auditCommand(ctx, ctx.match, sender, ports.auditor, ports.refused));
  });

  const freezing = { ...ports, zone: ports.plan.zone };
  const change = (command: string, carryOut: (text: string, sender: Sender) => Promise<Reply>) =>
    bot.command(command, (ctx) => act(ctx, ports, carryOut));
  change('freeze', (text, sender) => freezeCommand(text, sender, freezing));
  change('unfreeze', (text, sender) => unfreezeCommand(text, sender, freezing));
  change('lock', (text, sender) => lockCommand(text, sender, ports));
  change('unlock', (text, sender) => unlockCommand(text, sender, ports));
}

async function act(
  ctx: Ctx,
  ports: InfoPorts,
  carryOut: (text: string, sender: Sender) => Promise<Reply>,
): Promise<void> {
  const sender = await requirePerson(ctx, ports);
  if (!sender) return;
  const { view, refused, afterwards } = await carryOut(ctx.match, sender);
  if (refused) ports.refused(sender, ctx.msg.text);
  await show(ctx, view);
  if (!afterwards) return;
  aside(ctx, ports, async () => {
    const more = await afterwards();
    if (more) await show(ctx, more);
  });
}

/** Whoever hides is told that roles belong to persons. */
async function requirePerson(ctx: Ctx, ports: InfoPorts): Promise<Sender | undefined> {
  const person = ctx.msg.sender_chat ? undefined : personOf(ctx.from);
  if (!person) {
    ports.refused(senderOf(ctx), ctx.msg.text);
    await ctx.reply(OWN_NAME);
    return undefined;
  }
  const member = ports.team.members().find(({ id }) => id === person.id);
  const name = member?.name ?? person.name;
  return { id: person.id, name, update: ctx.update.update_id, roles: rolesOf(member) };
}

/** App Engine and drawings may take long, and other people's taps must not wait for them. Nothing is lost with these. */
function aside(ctx: Ctx, { failed }: Pick<InfoPorts, 'failed'>, work: () => Promise<void>): void {
  work()
    .catch((error) => {
      failed(ctx.msg.text, error);
      return ctx.reply('That did not work, and nothing was changed by it. The log says more.');
    })
    .catch((error) => failed('an apology', error));
}

async function show(ctx: Ctx, view: View): Promise<void> {
  await ctx.reply(view.html, {
    parse_mode: 'HTML',
    ...(view.buttons && { reply_markup: keyboard(view.buttons) }),
  });
}
