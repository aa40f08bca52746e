import { writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { readPlanPath } from '../config.ts';
import { readAppYaml } from '../deploy/app-yaml/read.ts';
import { checkPlan } from '../plan/check.ts';
import { readJsonSchema, SCHEMA_FILE } from '../plan/json-schema.ts';
import { PlanError } from '../plan/load.ts';
import { smokePathOf, type Version } from '../plan/smoke-path.ts';
import { starterPlan } from '../plan/starter.ts';

/**
 * Writes a first plan for the service of a folder, and the schema beside it for editors. Never over a file.
 * @throws PlanError or CloudError with what is in the way.
 */
export async function init(folder: string): Promise<void> {
  const { path } = readPlanPath(process.env);
  const app = await readAppYaml(folder);
  const { service, body, file, warnings } = app;
  const source =
    relative('.', file === 'app.yaml' ? app.folder : folder)
      .split(sep)
      .join('/') || '.';
  const smokePath = smokePathOf(body as Version);
  const plan = starterPlan({ service, source, smokePath });
  const checked = checkPlan(plan, path);
  if (!checked.ok) {
    throw new PlanError(`No plan can be made of this ${file}:\n${checked.faults.join('\n')}`);
  }

  const schema = readJsonSchema();
  if (!write(path, plan)) {
    throw new PlanError(
      `${path} is here already and stays as it is. Move it away to have a new one, or add to its services:\n  ${service}: { source: ${source} }`,
    );
  }
  write(join(dirname(path), SCHEMA_FILE), schema);
  for (const line of warnings) process.stderr.write(`${line}\n`);
  process.stdout.write(
    [
      `Wrote ${path}: ${service} is released from ${source}, and a new version must answer ${smokePath} with 200 first.`,
      "Next, list who may do what under its 'people', at least an operator and an approver by their numbers in Telegram,",
      'or leave that to the chat: `sluice run` prints the code that makes its first admin.',
      'Then `sluice plan check` says what the plan would do.',
      '',
    ].join('\n'),
  );
}

/** False when there is a file of that name. */
function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new PlanError(`${path} cannot be written (${(error as Error).message}).`);
  }
}
