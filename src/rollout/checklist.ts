import type { ChecklistItem } from '../plan/terms.ts';
import type { Draft } from './draft.ts';
import type { Event } from './events.ts';
import type { Checklist, Rollout, Run, Stage } from './state.ts';

export const EMPTY_CHECKLIST: Checklist = { ticks: {}, runs: {}, notes: {} };

/** "2.3" is the third item of the second section: positions count from nought, ids from one. */
export function itemId(section: number, item: number): string {
  return `${section + 1}.${item + 1}`;
}

/** All items by id, in the plan's order. */
export function items({ terms }: Pick<Draft, 'terms'>): Map<string, ChecklistItem> {
  return new Map(
    terms.checklist.flatMap((section, s) => section.items.map((item, i) => [itemId(s, i), item] as const)),
  );
}

/** Ids of the items that are neither ticked nor found not to apply. */
export function openItems({ terms, checklist }: Pick<Rollout, 'terms' | 'checklist'>): string[] {
  return [...items({ terms }).keys()].filter((id) => !checklist.ticks[id]);
}

/** Those of the open items that keep the deployment shut. */
export function openRequired(rollout: Pick<Rollout, 'terms' | 'checklist'>): string[] {
  const all = items(rollout);
  return openItems(rollout).filter((id) => all.get(id)?.required);
}

/** The item whose command is to run next. */
export function wantedRun({ terms, checklist }: Rollout): string | undefined {
  return [...items({ terms }).keys()].find((id) => checklist.runs[id]?.state === 'wanted');
}

type ChecklistEvent = Extract<
  Event,
  { type: 'item-marked' | 'run-wanted' | 'item-ran' | 'noted' | 'checklist-closed' }
>;

/** The state after something was said or found of the checklist. With its last item it opens the way. */
export function evolveChecklist(rollout: Rollout, event: ChecklistEvent): Rollout {
  const checklist = apply(rollout.checklist, event);
  const shut =
    rollout.stage.at === 'checklist' && !checklist.closed && openItems({ ...rollout, checklist }).length > 0;
  const stage: Stage = rollout.stage.at === 'checklist' && !shut ? { at: 'validate' } : rollout.stage;
  return { ...rollout, checklist, stage };
}

function apply(checklist: Checklist, event: ChecklistEvent): Checklist {
  const { ticks, runs, notes } = checklist;
  switch (event.type) {
    case 'item-marked': {
      const { [event.item]: _, ...others } = ticks;
      const { by, at, mark } = event;
      return {
        ...checklist,
        ticks: mark.kind === 'open' ? others : { ...others, [event.item]: { by, at, mark } },
      };
    }
    case 'run-wanted':
      return { ...checklist, runs: { ...runs, [event.item]: { state: 'wanted', by: event.by } } };
    case 'item-ran': {
      const { item, at, ok, detail, output } = event;
      const wanted = runs[item];
      const ended: Run = { state: 'ended', at, ok, detail, output };
      // Its exit code is the word of whoever had it run.
      const ticked =
        ok && wanted?.state === 'wanted'
          ? { ...ticks, [item]: { by: wanted.by, at, mark: { kind: 'done' } as const } }
          : ticks;
      return { ...checklist, ticks: ticked, runs: { ...runs, [item]: ended } };
    }
    case 'noted': {
      const { by, at, item, note } = event;
      return { ...checklist, notes: { ...notes, [item]: [...(notes[item] ?? []), { ...note, by, at }] } };
    }
    case 'checklist-closed': {
      const { by, open, reason } = event;
      return { ...checklist, closed: { by, open, ...(reason !== undefined && { reason }) } };
    }
  }
}
