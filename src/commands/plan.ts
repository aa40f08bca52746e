import { readPlanPath } from '../config.ts';
import { type Checked, checkPlan } from '../plan/check.ts';
import { readJsonSchema } from '../plan/json-schema.ts';
import { PlanError, readPlanFile } from '../plan/load.ts';
import { sayPlan } from '../plan/say.ts';
import { showPlan } from '../plan/show.ts';

type Sound = Extract<Checked, { ok: true }>;

/**
 * Says in a line what the plan would do; what should be known besides goes to standard error.
 * @throws PlanError with a line for each fault.
 */
export function check(file?: string): void {
  const { name, written, plan, remarks } = open(file);
  if (written) for (const line of remarks) process.stderr.write(`${line}\n`);
  const whose = written ? `${name} is sound` : `There is no ${name} here, so the built-in plan holds`;
  process.stdout.write(`${whose}: ${sayPlan(plan)}.\n`);
}

/**
 * Prints the plan in force as YAML that is a plan again.
 * @throws PlanError
 */
export function show(file?: string): void {
  const { name, written, data } = open(file);
  const origin = written ? name : 'The built-in plan';
  process.stdout.write(showPlan(data, origin));
}

export function schema(): void {
  process.stdout.write(readJsonSchema());
}

function open(file: string | undefined): Sound & { readonly name: string; readonly written: boolean } {
  const { path: name, optional } =
    file === undefined ? readPlanPath(process.env) : { path: file, optional: false };
  const text = readPlanFile(name);
  if (text === undefined && !optional) {
    throw new PlanError(
      `There is no plan at ${name}: name a file that is there, or none for the plan in force.`,
    );
  }
  const checked = checkPlan(text ?? '', name);
  if (!checked.ok) throw new PlanError(checked.faults.join('\n'));
  return { ...checked, name, written: text !== undefined };
}
