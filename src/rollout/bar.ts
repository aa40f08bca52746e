import type { Bar } from './guard.ts';

/** Why a release cannot go on now, and who ends that. */
export function sayBar(service: string, bar: Bar): string {
  const by = bar.by ? ` by ${bar.by.name}` : '';
  const why = /[.!?…]$/.test(bar.why.trim()) ? bar.why.trim() : `${bar.why.trim()}.`;
  if (bar.kind === 'lock')
    return `${service} is locked${by}: ${why} An approver lifts it with /unlock ${service} and a reason.`;
  const until = bar.until === undefined ? '' : ` until ${sayMinute(bar.until)}`;
  return `Releases are frozen${by}${until}: ${why} An approver lifts it with /unfreeze and a reason.`;
}

function sayMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
