import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CronJob, connectCloud } from '../../src/deploy/index.ts';
import { leapingClock } from './clock.ts';
import { temporaryFolder } from './local-app-engine.ts';
import { endpointsAt } from './meddled-cloud.ts';
import { fault, type Reply, type Seen, scriptedServer } from './scripted-server.ts';

/** What becomes of one request that writes. */
const FATES = ['fine', 'fine', 'answer lost', 'request lost', 'busy', 'killed'] as const;
type Fate = (typeof FATES)[number] | 'refused';

const REGION = 'projects/demo/locations/us-central1';
const BUSY = fault(503, 'UNAVAILABLE', 'Try again.');

/** A Scheduler in memory whose writes meet the fates given, in their order, and are fine after that. */
async function scheduler() {
  const world = { jobs: new Map<string, CronJob>(), fates: [] as Fate[], kill: () => {}, made: 0 };
  const act = ({ method, url, body }: Seen): Reply => {
    if (method === 'DELETE') {
      const name = url.slice('/v1beta1/'.length).split('?')[0] ?? '';
      return world.jobs.delete(name) ? { json: {} } : fault(404, 'NOT_FOUND', 'Job not found.');
    }
    const job = { ...JSON.parse(body), name: `${REGION}/jobs/${world.made++}`, state: 'ENABLED' };
    world.jobs.set(job.name, job);
    return { json: job };
  };
  const { url } = await scriptedServer((request) => {
    if (request.url === '/v1/apps/demo') return { json: { locationId: 'us-central' } };
    if (request.url.endsWith('/locations')) return { json: { locations: [{ locationId: 'us-central1' }] } };
    if (request.method === 'GET') return { json: { jobs: [...world.jobs.values()] } };
    switch (world.fates.shift() ?? 'fine') {
      case 'refused':
        return fault(400, 'INVALID_ARGUMENT', 'Refused.');
      case 'busy':
        return BUSY;
      case 'request lost':
        return { cut: true };
      case 'answer lost':
        act(request);
        return { cut: true };
      case 'killed':
        act(request);
        world.kill();
        return { hang: true };
      case 'fine':
        return act(request);
    }
  });
  const log = () => undefined;
  const cloud = connectCloud({ project: 'demo', endpoints: endpointsAt(url), clock: leapingClock(), log });
  const file = join(await temporaryFolder(), 'cron.yaml');
  return { world, cloud, file };
}

const jobsOf = (paths: readonly string[]) =>
  paths.map((path, i): [string, CronJob] => [
    `${REGION}/jobs/old-${i}`,
    {
      name: `${REGION}/jobs/old-${i}`,
      schedule: 'every 1 hours',
      timeZone: 'UTC',
      appEngineHttpTarget: { relativeUri: path },
    },
  ]);
const yamlOf = (paths: readonly string[]) =>
  `cron: [${paths.map((url) => `{url: ${url}, schedule: every 1 hours}`).join(', ')}]`;
const pathsIn = (jobs: Map<string, CronJob>) =>
  Array.from(jobs.values(), (job) => job.appEngineHttpTarget?.relativeUri ?? '').sort();

const path = fc.constantFrom('/a', '/b', '/c', '/d', '/e');
// A file holds no job twice; a project may.
const before = fc.array(path, { maxLength: 5 });
const after = fc.uniqueArray(path, { maxLength: 5 });

it('whatever is lost and whenever it is killed, the jobs end as the file has them, and what stays is not touched', async () => {
  const { world, cloud, file } = await scheduler();
  const fates = fc.array(fc.constantFrom(...FATES), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(before, after, fates, async (old, wanted, planned) => {
      world.jobs = new Map(jobsOf(old));
      world.fates = [...planned];
      const earlier = [...world.jobs.values()];
      await writeFile(file, yamlOf(wanted));
      for (;;) {
        const death = new AbortController();
        world.kill = () => death.abort(new Error('killed'));
        const run = cloud.deployCron({ file, before: earlier }, { signal: death.signal });
        const change = await run.catch((error: Error) => {
          expect(error.message).toBe('killed');
          return undefined;
        });
        if (!change) continue;
        expect(change.same + change.create.length).toBe(wanted.length);
        break;
      }
      expect(pathsIn(world.jobs)).toEqual(wanted.toSorted());
      for (const kept of wanted.filter((one) => old.includes(one))) {
        const names = earlier.filter((job) => job.appEngineHttpTarget?.relativeUri === kept);
        expect(names.some(({ name = '' }) => world.jobs.has(name))).toBe(true);
      }
    }),
    { numRuns: 80 },
  );
}, 60_000);

it('whichever write is refused, the jobs of before stand again, and it says so', async () => {
  const { world, cloud, file } = await scheduler();
  await fc.assert(
    fc.asyncProperty(before, after, fc.nat(9), async (old, wanted, nth) => {
      world.jobs = new Map(jobsOf(old));
      world.fates = [...Array<Fate>(nth).fill('fine'), 'refused'];
      await writeFile(file, yamlOf(wanted));
      const failure = await cloud.deployCron({ file }, {}).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (failure !== undefined) expect(failure).toMatch(/Refused.*The cron jobs are as they were before\.$/);
      expect(pathsIn(world.jobs)).toEqual((failure === undefined ? wanted : old).toSorted());
    }),
    { numRuns: 60 },
  );
}, 60_000);
