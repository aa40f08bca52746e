import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { readPlanPath } from '../config.ts';
import { readAppYaml } from '../deploy/app-yaml/read.ts';
import { checkPlan } from '../plan/check.ts';
import { readJsonSchema, SCHEMA_FILE } from '../plan/json-schema.ts';
import { PlanError } from '../plan/load.ts';
import { scriptsToPass } from '../plan/npm-scripts.ts';
import { smokePathOf, type Version } from '../plan/smoke-path.ts';
import { type Found, SCRIPT_ITEMS, starterPlan } from '../plan/starter.ts';

/**
 * Writes a first plan for the service of a folder, and the schema beside it for editors. Never over a file.
 * @throws PlanError or CloudError with what is in the way.
 */
export async function init(folder: string): Promise<void> {
  const { path } = readPlanPath(process.env);
  const app = await readAppYaml(folder);
  const { service, body, file, warnings } = app;
  const home = file === 'app.yaml' ? app.folder : folder;
  const source = relative('.', home).split(sep).join('/') || '.';
  const found: Found = {
    service,
    source,
    smokePath: smokePathOf(body as Version),
    ...(await lookAround(app.folder)),
  };
  const plan = starterPlan(found);
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
      `Wrote ${path}: ${service} is released from ${source}, and a new version must answer ${found.smokePath} with 200 first.`,
      ...sayFound(found),
      "Next, list who may do what under its 'people', at least an operator and an approver by their numbers in Telegram,",
      'or leave that to the chat: `sluice run` prints the code that makes its first admin.',
      'Then `sluice plan check` says what the plan would do.',
      '',
    ].join('\n'),
  );
}

async function lookAround(folder: string): Promise<Pick<Found, 'cron' | 'commit' | 'scripts'>> {
  const { gitState } = await import('../host/git.ts');
  const npm = join(folder, 'package.json');
  return {
    cron: existsSync(join(folder, 'cron.yaml')),
    commit: (await gitState(folder)) !== undefined,
    scripts: existsSync(npm) ? scriptsToPass(readFileSync(npm, 'utf8')) : [],
  };
}

function sayFound({ cron, commit, scripts }: Found): string[] {
  return [
    ...(commit ? ['Version ids are made of the date and the commit.'] : []),
    ...(cron ? ['The cron jobs of its cron.yaml go out with it.'] : []),
    ...(scripts.length > 0
      ? [`The checklist runs ${scripts.map((script) => SCRIPT_ITEMS[script].run).join(' and ')}.`]
      : []),
  ];
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
