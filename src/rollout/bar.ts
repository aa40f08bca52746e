import type { Bar } from './guard.ts';

/** Why a release cannot go on now, and who ends that. */
export function sayBar(service: string, bar: Bar): string {
  const by = bar.by ? ` by ${bar.by.name}` : '';
  return bar.kind === 'lock'
    ? `${service} is locked${by}: ${bar.why} An approver lifts it with /unlock ${service} and a reason.`
    : `Releases are frozen${by}: ${bar.why} An approver lifts it with /unfreeze and a reason.`;
}
