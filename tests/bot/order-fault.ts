import { expect } from 'vitest';
import type { FaultRule } from '../../src/sandbox/faults.ts';

/** Has the next call of a method of the Bot API's go wrong, or the next few. @returns the number of the rule */
export async function orderFault(
  url: string,
  method: string,
  fault: FaultRule['fault'],
  rule: Partial<Pick<FaultRule, 'times' | 'probability' | 'seed'>> & { readonly nth?: number } = { times: 1 },
): Promise<number> {
  const { nth, ...rest } = rule;
  const reply = await fetch(`${url}/_sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: { path: `^/${method}\\b`, ...(nth && { nth }) }, ...rest, fault }),
  });
  const answer = (await reply.json()) as { id?: number };
  expect(answer).toMatchObject({ ok: true });
  return Number(answer.id);
}

export async function clearFaults(url: string): Promise<void> {
  const reply = await fetch(`${url}/_sandbox/faults`, { method: 'DELETE' });
  expect(reply.ok).toBe(true);
}

export async function clearFault(url: string, rule: number): Promise<void> {
  const reply = await fetch(`${url}/_sandbox/faults/${rule}`, { method: 'DELETE' });
  expect(reply.ok).toBe(true);
}

/** How many requests a rule has hit by now. */
export async function hitsOf(url: string, rule: number): Promise<number> {
  const reply = await fetch(`${url}/_sandbox/faults`);
  const { faults } = (await reply.json()) as { faults: { id: number; hits: number }[] };
  return faults.find(({ id }) => id === rule)?.hits ?? 0;
}
