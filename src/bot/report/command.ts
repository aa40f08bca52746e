import { type CommandContext, InputFile } from 'grammy';
import type { Event } from '../../rollout/events.ts';
import type { Store } from '../../rollout/ports.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { BotContext } from '../context.ts';
import { html } from '../html.ts';
import { sentence } from '../info/words.ts';
import type { DrawWindow } from './windows.ts';

export interface ReportPorts {
  readonly store: Pick<Store, 'read' | 'history' | 'kept'>;
  readonly drawWindow: DrawWindow;
  rollouts(): readonly Rollout[];
}

/** A report as it is sent. */
export interface ReportFile {
  readonly name: string;
  readonly document: string;
  readonly caption: string;
}

/** `/report [ID]`: all of a rollout as one document; of the newest one without an id. */
export async function reportCommand(ctx: CommandContext<BotContext>, ports: ReportPorts): Promise<void> {
  const made = await makeReport(ctx.match.trim(), ports);
  if ('problem' in made) return void (await ctx.reply(made.problem));
  const { name, document, caption } = made;
  await ctx.replyWithDocument(new InputFile(Buffer.from(document), name), { caption, parse_mode: 'HTML' });
}

/** @param id of a rollout; empty for the newest. */
export async function makeReport(
  id: string,
  { store, drawWindow, rollouts }: ReportPorts,
): Promise<ReportFile | { readonly problem: string }> {
  const wanted = id || (await newest(rollouts(), store));
  if (wanted === undefined) return { problem: 'No rollout so far. /deploy begins one.' };
  if (!/^[a-z0-9]+$/.test(wanted)) {
    return { problem: `'${wanted}' is not the id of a rollout. /history lists them.` };
  }
  let events: readonly Event[] | undefined;
  try {
    events = await store.read(wanted);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const [first] = events ?? [];
  if (!events || first?.type !== 'started') {
    return { problem: `There is no rollout ${wanted}. /history lists them.` };
  }

  const [{ report }, { drawCharts }, { readPictures }] = await Promise.all([
    import('./report.ts'),
    import('./windows.ts'),
    import('./pictures.ts'),
  ]);
  const [{ charts, problem }, pictures] = await Promise.all([
    drawCharts(events, drawWindow),
    readPictures(events, store),
  ]);
  const { service, version } = first.draft;
  const missing = problem === undefined ? '' : ` Charts are missing: ${sentence(problem)}`;
  return {
    name: `${service}-${version}-${wanted}.html`,
    document: report(events, charts, pictures),
    caption: html`<b>${service}: ${version}</b>. Opens in any browser, without a network.${missing}`.text,
  };
}

async function newest(open: readonly Rollout[], store: Pick<Store, 'history'>): Promise<string | undefined> {
  const last = open.toSorted((a, b) => b.startedAt - a.startedAt)[0];
  return last?.id ?? (await store.history(1))[0]?.id;
}
