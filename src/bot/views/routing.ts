import type { CronChange } from '../../rollout/events.ts';

/** "the cron jobs", "the routing", or both: what a change is about. */
export function subjectOf({ create, remove, routes }: CronChange): string {
  const jobs = create.length + remove.length > 0 || !routes;
  return [...(jobs ? ['the cron jobs'] : []), ...(routes ? ['the routing'] : [])].join(' and ');
}

/** The rules that come and go; nothing when it is only their order that changes. */
export function ruleChanges({ routes }: CronChange): {
  readonly added: readonly string[];
  readonly gone: readonly string[];
} {
  const { before, after } = routes ?? { before: [], after: [] };
  return {
    added: after.filter((rule) => !before.includes(rule)),
    gone: before.filter((rule) => !after.includes(rule)),
  };
}

/** "2 rules added, 1 removed", "the rules in another order"; nothing when the routing stays. */
export function sayRouting(change: CronChange): string | undefined {
  if (!change.routes) return undefined;
  const { added, gone } = ruleChanges(change);
  const parts = [
    ...(added.length > 0 ? [`${added.length} added`] : []),
    ...(gone.length > 0 ? [`${gone.length} removed`] : []),
  ];
  return parts.join(', ') || 'in another order';
}
