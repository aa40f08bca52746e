import type { Context } from 'grammy';
import { itemId, type Rollout } from '../rollout/state.ts';
import { keyboard, parseData } from './buttons.ts';
import type { Talk } from './context.ts';
import { html } from './html.ts';
import { checklistSection, firstOpenSection } from './views/checklist.ts';

/**
 * Walks one person through the checklist, section by section. The ticks themselves are recorded before this sees them,
 * whoever makes them; here is only the order of the sections, so losing the walk loses nothing.
 */
export async function walkChecklist(
  talk: Talk,
  ctx: Context,
  id: string,
  find: (id: string) => Rollout | undefined,
): Promise<void> {
  let section = await talk.external(() => startOf(find(id)));
  while (section !== undefined) {
    const at: number = section;
    const view = await talk.external(() => {
      const rollout = find(id);
      return rollout && checklistSection(rollout, at);
    });
    if (!view) return;
    await ctx.reply(view.html, { parse_mode: 'HTML', reply_markup: keyboard(view.buttons) });
    section = await waitForTurn(talk, id, at, find);
  }
  const complete = await talk.external(() => find(id)?.stage.at !== 'checklist');
  if (complete) {
    const text = html`✅ The checklist is complete. The rest goes by itself until an approver is asked.`;
    await ctx.reply(text.text, { parse_mode: 'HTML' });
  }
}

/** The section to show next: when this one is complete, or when the person turns the page. */
async function waitForTurn(
  talk: Talk,
  id: string,
  section: number,
  find: (id: string) => Rollout | undefined,
): Promise<number | undefined> {
  for (;;) {
    const update = await talk.waitFor('callback_query:data', { next: true });
    const press = parseData(update.callbackQuery.data);
    if (press?.kind === 'turn' && press.rollout === id) {
      await update.answerCallbackQuery();
      return press.section;
    }
    if (press?.kind !== 'tick' || press.rollout !== id) continue;
    const next = await talk.external(() => {
      const rollout = find(id);
      const open = rollout?.terms.checklist[section]?.items.some(
        (_, i) => !rollout.ticks[itemId(section, i)],
      );
      return { turn: !open, to: rollout && firstOpenSection(rollout) };
    });
    if (next.turn) return next.to;
  }
}

function startOf(rollout: Rollout | undefined): number | undefined {
  return rollout?.stage.at === 'checklist' ? firstOpenSection(rollout) : undefined;
}
