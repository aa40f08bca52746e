import { readFileSync } from 'node:fs';
import { PlanError } from './load.ts';

/** The schema's file, beside package.json and, for editors, beside each plan. */
export const SCHEMA_FILE = 'sluice.schema.json';

/**
 * First line of a plan, by which editors with a YAML language server complete and check it. The schema lies beside the
 * plan: such a path is the same on every machine, and needs neither a network nor the place where Sluice is installed.
 */
export const EDITOR_LINE = `# yaml-language-server: $schema=./${SCHEMA_FILE}`;

/** The JSON schema of `sluice.yaml`, as text. */
export function readJsonSchema(): string {
  const path = new URL(`../../${SCHEMA_FILE}`, import.meta.url);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PlanError(`This copy of Sluice has no schema of the plan: ${(error as Error).message}.`);
  }
}
