import type * as v from 'valibot';
import { WHOLE } from './split.ts';

/** Where a rule that joins several keys is broken, and what a sentence says after that key's name. */
export interface Breach {
  readonly path: readonly (string | number)[];
  readonly says: string;
}

interface Step {
  /** Thousandths. */
  readonly traffic: number;
}

export function climbing(steps: readonly Step[]): Breach[] {
  return steps.flatMap(({ traffic }, i) => {
    const before = steps[i - 1]?.traffic ?? 0;
    if (traffic > before) return [];
    const says = `should be above the ${percent(before)} of the step before, but is ${percent(traffic)}`;
    return [{ path: [i, 'traffic'], says }];
  });
}

export function endingOpen(steps: readonly Step[]): Breach[] {
  const last = steps.at(-1);
  if (!last || last.traffic === WHOLE) return [];
  return [{ path: [], says: `should end with a step of 100 %, but ends with ${percent(last.traffic)}` }];
}

/** Finer steps exist only where traffic is split by cookie or at random. */
export function wholePercent(shardBy: string, steps: readonly Step[]): Breach[] {
  if (shardBy !== 'ip') return [];
  return steps.flatMap(({ traffic }, i) => {
    if (traffic % 10 === 0) return [];
    const says = `should be whole per cent, which is all that App Engine takes where traffic is split by ip, but is ${percent(traffic)}`;
    return [{ path: ['steps', i, 'traffic'], says }];
  });
}

/** @param people anything: whoever has an id counts, also beside faults of other kinds. */
export function listedOnce(people: unknown): Breach[] {
  return repeated(people, 'id').map(({ index, first, value }) => ({
    path: [index, 'id'],
    says: `is ${value}, as 'people.${first}.id' is: list each person once, with all roles`,
  }));
}

/**
 * Items that are called as an earlier one of their list.
 * @param items anything: whatever has the key counts, also beside faults of other kinds.
 * @param key what they are called by.
 */
export function namedOnce(items: unknown, key: string): Breach[] {
  return repeated(items, key).map(({ index, first, value }) => ({
    path: [index, key],
    says: `is ${JSON.stringify(value)}, as that of item ${first} is: call them differently`,
  }));
}

/** Words that stand in their list already. */
export function onlyOnce(words: readonly string[]): Breach[] {
  return words.flatMap((word, i) =>
    words.indexOf(word) === i ? [] : [{ path: [i], says: `is ${word} again: once is enough` }],
  );
}

interface Repeat {
  readonly index: number;
  /** Where the value stood first. */
  readonly first: number;
  readonly value: string | number;
}

function repeated(items: unknown, key: string): Repeat[] {
  if (!Array.isArray(items)) return [];
  const seen = new Map<unknown, number>();
  return items.flatMap((item: Readonly<Record<string, unknown>> | null, index) => {
    const value = item?.[key];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const first = seen.get(value);
    if (first !== undefined) return [{ index, first, value }];
    seen.set(value, index);
    return [];
  });
}

/** Hands breaches to valibot, from inside a `rawCheck`. */
export function report(
  addIssue: (issue: { message: string; path?: [v.IssuePathItem, ...v.IssuePathItem[]] }) => void,
  breaches: readonly Breach[],
): void {
  for (const { path, says } of breaches) {
    const [first, ...rest] = path.map(pathItem);
    addIssue(first ? { message: says, path: [first, ...rest] } : { message: says });
  }
}

function pathItem(key: string | number): v.IssuePathItem {
  return { type: 'unknown', origin: 'value', input: undefined, key, value: undefined };
}

function percent(thousandths: number): string {
  return `${thousandths / 10} %`;
}
