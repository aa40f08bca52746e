import { weigh } from './faults.ts';
import { findRemarks } from './remarks.ts';
import type { Plan } from './schema.ts';
import { type Located, readYaml } from './source.ts';

/** What a look at a plan found. Each sentence begins with file, line and column. */
export type Checked =
  | {
      readonly ok: true;
      readonly plan: Plan;
      readonly data: unknown;
      /** What is no fault, and yet should be known; each says whether it is a warning or a note. */
      readonly remarks: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Finds every fault of a plan at once.
 * @param file how the plan is called in sentences.
 */
export function checkPlan(text: string, file: string): Checked {
  const source = readYaml(text);
  if (source.kind === 'broken') return { ok: false, faults: inOrder(source.faults, file) };

  const data = source.data ?? {};
  const weighed = weigh(data);
  const wrong = 'faults' in weighed ? weighed.faults : [];
  const faults = [
    ...source.writtenTwice,
    ...wrong.map(({ path, at, says }) => ({ place: source.locate(path, at), says })),
  ];
  if ('faults' in weighed || faults.length > 0) return { ok: false, faults: inOrder(faults, file) };

  const remarks = findRemarks(weighed.plan).map(({ path, says }) => ({
    place: source.locate(path, 'key'),
    says,
  }));
  return { ok: true, plan: weighed.plan, data, remarks: inOrder(remarks, file) };
}

function inOrder(found: readonly Located[], file: string): string[] {
  return found
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ place, says }) => `${file}:${place.line}:${place.column}: ${says}`);
}
