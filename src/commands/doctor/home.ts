import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { loadPlan, readPlanFile } from '../../plan/load.ts';
import type { Plan } from '../../plan/schema.ts';
import { configure } from '../configure.ts';
import { type Examination, good, wrong } from './finding.ts';

export async function* examineConfiguration(env: NodeJS.ProcessEnv): Examination<Config | undefined> {
  try {
    const config = configure(env);
    yield good('Configuration', 'every value can be read.');
    return config;
  } catch (error) {
    yield wrong('Configuration', (error as Error).message, 'Correct it in the environment or in .env.');
    return undefined;
  }
}

export async function* examinePlan({ path, optional }: Config['plan']): Examination<Plan | undefined> {
  try {
    const plan = await loadPlan(path, { optional });
    yield good('Plan', existsSync(path) ? `${path} holds.` : `the built-in one, as there is no ${path}.`);
    return plan;
  } catch (error) {
    yield wrong('Plan', (error as Error).message);
    return undefined;
  }
}

/** Whether the team has said itself what may be cleaned away; without a word of it the plan has what is usual. */
export async function namesCleaning({ path }: Config['plan']): Promise<boolean> {
  const { parse } = await import('yaml');
  const plan: unknown = parse(readPlanFile(path) ?? '');
  return typeof plan === 'object' && plan !== null && 'cleaning' in plan;
}

/** Writes a file and takes it away again; a folder that is not there yet is left so. */
export async function* examineDataFolder(folder: string): Examination {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  try {
    const probe = await mkdtemp(join(there, '.sluice-doctor-'));
    try {
      await writeFile(join(probe, 'probe'), 'probe', { flush: true });
    } finally {
      await rm(probe, { recursive: true });
    }
    const made = existsSync(folder) ? 'can be written.' : 'can be made at the first start.';
    yield good('Data folder', `${folder} ${made}`);
  } catch (error) {
    yield wrong(
      'Data folder',
      `${folder} cannot be written (${(error as Error).message}).`,
      'Give the account that Sluice runs as the right to write there, or set SLUICE_DATA_DIR to another folder.',
    );
  }
}
