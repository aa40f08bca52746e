import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { type Plan, planSchema } from './schema.ts';

/** What is wrong with a plan, as sentences for whoever wrote it, one a line. */
export class PlanError extends Error {
  override name = 'PlanError';
}

/**
 * The plan in `path`, or the built-in one when there is no such file and `optional` is set.
 * @throws PlanError whose lines name file, line, column and key, what was expected and what came.
 */
export async function loadPlan(path: string, { optional }: { optional: boolean }): Promise<Plan> {
  const text = readPlanFile(path);
  if (text !== undefined) return parsePlan(text, path);
  if (optional) return builtInPlan();
  throw new PlanError(
    `There is no plan at ${path}: set SLUICE_PLAN to your sluice.yaml, or unset it to use the built-in plan.`,
  );
}

/**
 * What the file says; undefined when there is none.
 * @throws PlanError
 */
export function readPlanFile(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PlanError(`The plan ${path} cannot be read (${(error as Error).message}).`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PlanError(`The plan ${path} is not UTF-8 text: save it as UTF-8.`);
  }
}

export function builtInPlan(): Plan {
  return v.parse(planSchema, {});
}

/** @throws PlanError as {@link loadPlan} */
export async function parsePlan(text: string, file: string): Promise<Plan> {
  const { checkPlan } = await import('./check.ts');
  const checked = checkPlan(text, file);
  if (!checked.ok) throw new PlanError(checked.faults.join('\n'));
  return checked.plan;
}
