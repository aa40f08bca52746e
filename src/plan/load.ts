import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { BUILT_IN_CHECKLIST } from './built-in.ts';
import { nearest } from './nearest.ts';
import { type Plan, planSchema } from './schema.ts';

/** What is wrong with a plan, as a sentence for whoever wrote it. */
export class PlanError extends Error {
  override name = 'PlanError';
}

/**
 * The plan in `path`, or the built-in one when there is no such file and `optional` is set.
 * @throws PlanError that names file, line and key, what was expected and what came.
 */
export async function loadPlan(path: string, { optional }: { optional: boolean }): Promise<Plan> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && optional) return builtInPlan();
    throw new PlanError(
      missing
        ? `There is no plan at ${path}: set SLUICE_PLAN to your sluice.yaml, or unset it to use the built-in plan.`
        : `The plan ${path} cannot be read (${(error as Error).message}).`,
    );
  }
  return parsePlan(text, path);
}

export function builtInPlan(): Plan {
  return { ...v.parse(planSchema, {}), checklist: BUILT_IN_CHECKLIST };
}

/** @throws PlanError as {@link loadPlan} */
export async function parsePlan(text: string, file: string): Promise<Plan> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax) {
    const [first = ''] = syntax.message.split('\n');
    throw new PlanError(
      `${file}:${lines.linePos(syntax.pos[0]).line}: not YAML: ${first.replace(/ at line.*$/, '')}.`,
    );
  }

  const result = v.safeParse(planSchema, document.toJS() ?? {});
  if (result.success) {
    return { ...result.output, checklist: result.output.checklist ?? BUILT_IN_CHECKLIST };
  }
  const issue =
    result.issues.find((i) => i.type === 'strict_object' && i.expected === 'never') ?? result.issues[0];
  const path = issue.path?.map((part) => part.key as string | number) ?? [];
  const line = lineOf(path);
  throw new PlanError(`${file}:${line}: ${describeIssue(issue, path)}`);

  function lineOf(keys: (string | number)[]): number {
    for (let n = keys.length; n >= 0; n--) {
      const node = n === 0 ? document.contents : document.getIn(keys.slice(0, n), true);
      const range = (node as { range?: [number, number, number] } | undefined)?.range;
      if (range) return lines.linePos(range[0]).line;
    }
    return 1;
  }
}

function describeIssue(issue: v.BaseIssue<unknown>, path: (string | number)[]): string {
  const where = path.join('.') || 'the plan';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const key = String(path.at(-1));
    const known = knownKeys(path.slice(0, -1));
    const near = nearest(key, known);
    return `'${where}' is not a key of a plan.${near ? ` Did you mean '${near}'?` : ` Known here: ${known.join(', ')}.`}`;
  }
  if (issue.expected === `"${path.at(-1)}"`) return `'${where}' is missing.`;
  const expected = issue.message.startsWith('Invalid') ? (issue.expected ?? 'something else') : issue.message;
  if (issue.type === 'check') return `'${where}' should have ${expected}.`;
  return `'${where}' should be ${expected}, but is ${issue.input === undefined ? 'missing' : JSON.stringify(issue.input)}.`;
}

/** The keys that the schema has at a path, to name the one that was meant. */
function knownKeys(path: (string | number)[]): string[] {
  let schema: unknown = planSchema;
  for (const key of path) schema = stepInto(unwrap(schema), key);
  const entries = (unwrap(schema) as { entries?: Record<string, unknown> }).entries;
  return Object.keys(entries ?? {});
}

function stepInto(schema: unknown, key: string | number): unknown {
  const s = schema as { entries?: Record<string, unknown>; item?: unknown; value?: unknown };
  return s.entries?.[String(key)] ?? s.item ?? s.value;
}

function unwrap(schema: unknown): unknown {
  const s = schema as { wrapped?: unknown; pipe?: unknown[] };
  if (s?.wrapped) return unwrap(s.wrapped);
  return s?.pipe?.[0] && s.pipe[0] !== schema ? unwrap(s.pipe[0]) : schema;
}
