import type { NextFunction } from 'grammy';
import type { Actor } from '../../rollout/answers.ts';
import { itemId, openItems, openRequired } from '../../rollout/checklist.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { Press } from '../buttons.ts';
import type { BotContext } from '../context.ts';
import type { Desk } from '../desk.ts';
import { openDialogue } from '../dialogue.ts';
import { plead, sayAct } from '../plead.ts';

type ChecklistPress = Extract<Press, { kind: 'tick' | 'run' | 'turn' | 'waive' | 'note' | 'close' }>;

/** The buttons of a section. What they change shows by itself: the sections follow the journal. */
export async function handleChecklistPress(
  ctx: BotContext,
  next: NextFunction,
  desk: Desk,
  press: ChecklistPress,
  actor: Actor,
): Promise<void> {
  const rollout = desk.find(press.rollout);
  if (rollout?.stage.at !== 'checklist')
    return sayAct(ctx, { say: 'That checklist is closed.', refused: true });
  switch (press.kind) {
    case 'tick':
    case 'run':
      return sayAct(ctx, await desk.act(rollout.id, commandOf(rollout, press), actor));
    case 'turn':
      await ctx.answerCallbackQuery();
      return desk.showSection(rollout, press.section);
    case 'waive':
    case 'note': {
      const { rollout: id, section } = press;
      // Whoever may say nothing is told so before being asked.
      if (actor.roles.length === 0)
        return sayAct(ctx, await desk.act(id, { type: 'mark', items: [], mark: { kind: 'open' } }, actor));
      await ctx.answerCallbackQuery();
      return openDialogue(ctx, next, { name: press.kind, argument: { rollout: id, section, by: actor } });
    }
    case 'close': {
      const required = openRequired(rollout);
      if (required.length > 0)
        return plead(ctx, next, desk, {
          kind: 'close-checklist',
          rollout: rollout.id,
          open: required,
          by: actor,
        });
      return sayAct(ctx, await desk.act(rollout.id, { type: 'close-checklist' }, actor));
    }
  }
}

function commandOf(
  rollout: Rollout,
  { kind, section, item }: Extract<ChecklistPress, { kind: 'tick' | 'run' }>,
) {
  const all = rollout.terms.checklist[section]?.items ?? [];
  if (item !== 'all') {
    const items = [itemId(section, item)];
    if (kind === 'run') return { type: 'run-items', items } as const;
    const ticked = items.some((id) => rollout.checklist.ticks[id]);
    return { type: 'mark', items, mark: { kind: ticked ? 'open' : 'done' } } as const;
  }
  // "All" is for what is still open: what somebody found not to apply stays so.
  const left = new Set(openItems(rollout));
  const open = all.flatMap((one, i) =>
    left.has(itemId(section, i)) ? [{ id: itemId(section, i), one }] : [],
  );
  return kind === 'run'
    ? ({
        type: 'run-items',
        items: open.filter(({ one }) => one.run !== undefined).map(({ id }) => id),
      } as const)
    : ({ type: 'mark', items: open.map(({ id }) => id), mark: { kind: 'done' } } as const);
}
