import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCron, hasDispatch } from '../../deploy/config-files.ts';
import { fetchCommit, TREE } from '../../host/git-fetch.ts';
import { resolveRef } from '../../host/git-remote.ts';
import type { Plan } from '../../plan/schema.ts';
import { type Examination, good, wrong } from './finding.ts';
import type { Extras } from './google.ts';

/** What goes out beside a version. */
type Shared = Omit<Extras, 'cleaning'>;
type Service = Plan['services'][string];

/**
 * Whether what the plan releases can be had from its repositories.
 * @returns what any of the services brings along.
 */
export async function* examineSources(services: Plan['services']): Examination<Shared> {
  let [cron, dispatch] = [false, false];
  for (const [name, service] of Object.entries(services)) {
    const { repository, source } = service;
    const own =
      repository === undefined ? await sharedIn(source) : yield* examineRepository(name, service, repository);
    cron ||= own.cron || service.cron !== undefined;
    dispatch ||= own.dispatch;
  }
  return { cron, dispatch };
}

async function* examineRepository(
  name: string,
  { ref = 'HEAD', source }: Service,
  repository: string,
): Examination<Shared> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-doctor-'));
  try {
    const commit = await resolveRef(repository, ref);
    if (commit === undefined) {
      yield wrong(
        'Repository',
        `${repository} has no branch, tag or commit '${ref}', which the plan names for ${name}.`,
        'Correct ref in the plan.',
      );
      return NOTHING;
    }
    const target = join(folder, 'commit');
    await fetchCommit({ repository, ref, commit }, target);
    yield good('Repository', `${ref} of ${repository} can be fetched, and is at ${commit.slice(0, 7)}.`);
    return await sharedIn(join(target, TREE, source));
  } catch (error) {
    yield wrong('Repository', (error as Error).message);
    return NOTHING;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const NOTHING: Shared = { cron: false, dispatch: false };

async function sharedIn(source: string): Promise<Shared> {
  const [cron, dispatch] = await Promise.all([hasCron(source), hasDispatch(source)]);
  return { cron, dispatch };
}
