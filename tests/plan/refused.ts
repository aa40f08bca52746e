import { expect } from 'vitest';
import { checkPlan } from '../../src/plan/check.ts';

/** What a sentence lists where a key is not known. */
export const KEYS =
  'project, region, zone, version, services, people, checklist, validation, backup, shardBy, steps, approval, monitoring, freeze, announce, afterCare, success, contingency, cleaning';

/** Every sentence that a plan gets, each from its line and column on, and no other. */
export function refused(plan: string, ...sentences: string[]): void {
  const checked = checkPlan(plan, 'sluice.yaml');
  const faults = checked.ok ? [] : checked.faults;
  expect(faults).toEqual(sentences.map((sentence) => `sluice.yaml:${sentence}`));
}
