import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCron } from '../../deploy/config-files.ts';
import { fetchCommit, TREE } from '../../host/git-fetch.ts';
import { resolveRef } from '../../host/git-remote.ts';
import type { Plan } from '../../plan/schema.ts';
import { type Examination, good, wrong } from './finding.ts';

type Service = Plan['services'][string];

/**
 * Whether what the plan releases can be had from its repositories.
 * @returns whether any service brings cron jobs.
 */
export async function* examineSources(services: Plan['services']): Examination<boolean> {
  let cron = false;
  for (const [name, service] of Object.entries(services)) {
    const { repository, source } = service;
    const own =
      repository === undefined ? await hasCron(source) : yield* examineRepository(name, service, repository);
    cron ||= own || service.cron !== undefined;
  }
  return cron;
}

async function* examineRepository(
  name: string,
  { ref = 'HEAD', source }: Service,
  repository: string,
): Examination<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-doctor-'));
  try {
    const commit = await resolveRef(repository, ref);
    if (commit === undefined) {
      yield wrong(
        'Repository',
        `${repository} has no branch, tag or commit '${ref}', which the plan names for ${name}.`,
        'Correct ref in the plan.',
      );
      return false;
    }
    const target = join(folder, 'commit');
    await fetchCommit({ repository, ref, commit }, target);
    yield good('Repository', `${ref} of ${repository} can be fetched, and is at ${commit.slice(0, 7)}.`);
    return await hasCron(join(target, TREE, source));
  } catch (error) {
    yield wrong('Repository', (error as Error).message);
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
