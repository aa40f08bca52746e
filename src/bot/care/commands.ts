import type { Composer } from 'grammy';
import type { BotCommand } from 'grammy/types';
import { MINUTE } from '../../plan/duration.ts';
import { timeLimit } from '../../plan/time-limit.ts';
import type { Actor } from '../../rollout/answers.ts';
import type { Monitor } from '../../rollout/ports.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { BotContext } from '../context.ts';
import type { Html } from '../html.ts';
import { criteriaView, type Measured } from './standing.ts';

/** For the menu behind "/", and for /help. */
export const CARE_COMMANDS: readonly BotCommand[] = [
  { command: 'criteria', description: 'What a release must have shown, and where it stands' },
];

/** What after-care's commands turn to. */
export interface CareCommandsDesk {
  now(): number;
  actor(ctx: BotContext): Actor | undefined;
  rollouts(): readonly Rollout[];
  readonly look: Monitor['look'];
  /** Something failed that no one waits for. */
  failed(what: string, error: unknown): void;
}

/** Real milliseconds that people wait for figures. */
const PATIENCE_MS = 2 * MINUTE;

export function handleCareCommands(bot: Composer<BotContext>, desk: CareCommandsDesk): void {
  const measuring = new Set<string>();
  bot.command('criteria', (ctx) => criteria(ctx, ctx.match.trim(), desk, measuring));
}

/** The criteria of the release that is out, or else of the one on its way. */
async function criteria(
  ctx: BotContext,
  named: string,
  desk: CareCommandsDesk,
  measuring: Set<string>,
): Promise<void> {
  const all = desk.rollouts();
  const services = [...new Set(all.map(({ service }) => service))];
  const service = services.length === 1 && named === '' ? services[0] : named;
  const own = all.filter((rollout) => rollout.service === service);
  const rollout = own.findLast(({ care }) => care) ?? own.at(-1);
  if (!rollout) return void (await ctx.reply(whichService(services, named)));

  const now = desk.now();
  const window = measurable(rollout, now);
  const may = (desk.actor(ctx)?.roles.length ?? 0) > 0;
  const show = (measured: Measured) => criteriaView(rollout, now, measured);
  if (!window || !may || measuring.has(rollout.id)) {
    const why = !window ? 'nothing' : may ? 'busy' : 'no role';
    return void (await send(ctx, show({ state: 'not measured', why })));
  }
  measuring.add(rollout.id);
  const { chat, message_id } = await send(ctx, show({ state: 'measuring' }));
  // Updates are taken one after another, so nobody may be kept waiting for figures.
  measure(rollout, window, desk)
    .then((measured) =>
      ctx.api.editMessageText(chat.id, message_id, show(measured).text, { parse_mode: 'HTML' }),
    )
    .catch((error) => desk.failed('the criteria', error))
    .finally(() => measuring.delete(rollout.id));
}

function send(ctx: BotContext, text: Html) {
  return ctx.reply(text.text, { parse_mode: 'HTML' });
}

function whichService(services: readonly string[], named: string): string {
  if (services.length === 0)
    return 'No release so far, so there is nothing to judge. /plan shows the criteria.';
  const known = services.join(', ');
  return named === ''
    ? `Which service? Add its name: ${known}.`
    : `I know no release of ${named}. Released so far: ${known}.`;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** What can be measured before the verdict is due: whole minutes whose figures are complete. */
function measurable({ care, terms, stage }: Rollout, now: number): Window | undefined {
  if (!care || care.assessment || stage.at !== 'done' || !isMeasured(terms.success.criteria))
    return undefined;
  const to = Math.floor((now - terms.watching.lag) / MINUTE) * MINUTE;
  return to > care.begun ? { from: care.begun, to } : undefined;
}

function isMeasured(criteria: Rollout['terms']['success']['criteria']): boolean {
  return criteria.some(({ checks }) => checks.length > 0);
}

async function measure(rollout: Rollout, window: Window, desk: CareCommandsDesk): Promise<Measured> {
  const { criteria } = rollout.terms.success;
  const probes = criteria.flatMap(({ checks }) => checks);
  try {
    const signal = timeLimit(PATIENCE_MS);
    const found = await desk.look(rollout, probes, window, signal);
    // One reading for each probe, in their order.
    const left = [...found];
    const readings = criteria.map(({ checks }) => left.splice(0, checks.length));
    return { state: 'measured', ...window, readings };
  } catch (error) {
    desk.failed('the criteria', error);
    return { state: 'failed', why: (error as Error).message };
  }
}
