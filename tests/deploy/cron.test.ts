import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cloud, type CronJob, describeJob } from '../../src/deploy/index.ts';
import { temporaryFolder } from './local-app-engine.ts';
import { type Meddle, meddledCloud } from './meddled-cloud.ts';
import { fault, type Seen } from './scripted-server.ts';

const OLD = `cron:
- {url: /kept, schedule: every 6 hours}
- {url: /old, schedule: every 12 hours, description: goes}
- {url: /changed, schedule: every monday 09:00, timezone: Europe/London}
`;
const NEW = `cron:
- {url: /kept, schedule: every 6 hours}
- {url: /changed, schedule: every monday 10:00, timezone: Europe/London}
- {url: /new, schedule: every 8 hours, target: default, retry_parameters: {job_retry_limit: 2}}
`;

const isWrite = ({ method, url }: Seen) =>
  url.includes('/jobs') && (method === 'POST' || method === 'DELETE');

/** A project with the old jobs, the new file beside, and a server in between that meddles from then on. */
async function setUp(meddle: Meddle = (_, pass) => pass()) {
  let meddling = false;
  const world = await meddledCloud((request, pass) => (meddling ? meddle(request, pass) : pass()));
  const folder = await temporaryFolder();
  const [old, file] = [join(folder, 'old.yaml'), join(folder, 'cron.yaml')];
  await Promise.all([writeFile(old, OLD), writeFile(file, NEW)]);
  await world.cloud.deployCron({ file: old }, {});
  const before = await jobsOf(world.cloud);
  meddling = true;
  const heal = () => {
    meddling = false;
  };
  return { ...world, old, file, before, heal };
}

async function jobsOf(cloud: Cloud): Promise<readonly CronJob[]> {
  const { cron } = await cloud.backUp({ service: 'default' });
  if (cron.kind === 'unread') throw new Error(cron.why);
  return cron.jobs;
}

const said = async (cloud: Cloud) => (await jobsOf(cloud)).map(describeJob).sort();
const OLD_JOBS = [
  'every 12 hours: /old, goes',
  'every 6 hours: /kept',
  'every monday 09:00 (Europe/London): /changed',
];
const NEW_JOBS = [
  'every 6 hours: /kept',
  'every 8 hours: /new on default',
  'every monday 10:00 (Europe/London): /changed',
];

describe('cron jobs', () => {
  it('are compared, then made, and found the same again', async () => {
    const { cloud, file, before, between } = await setUp();
    const change = await cloud.compareCron(file);
    expect(change.create.map(describeJob)).toEqual(NEW_JOBS.slice(1).reverse());
    expect(change.delete.map(describeJob).sort()).toEqual([OLD_JOBS[0], OLD_JOBS[2]]);
    expect(change.same).toBe(1);
    expect(await said(cloud)).toEqual(OLD_JOBS);

    const from = between.seen.length;
    expect(await cloud.deployCron({ file }, {})).toEqual(change);
    expect(
      between.seen
        .slice(from)
        .filter(isWrite)
        .map((seen) => seen.method),
    ).toEqual(['POST', 'POST', 'DELETE', 'DELETE']);
    expect(await said(cloud)).toEqual(NEW_JOBS);
    const kept = (jobs: readonly CronJob[]) => jobs.find((job) => describeJob(job).includes('/kept'))?.name;
    expect(kept(await jobsOf(cloud))).toBe(kept(before));
    expect(await cloud.compareCron(file)).toEqual({ create: [], delete: [], same: 3 });
  });

  it('of somebody else, made by Scheduler itself, are neither seen nor touched', async () => {
    const { cloud, file, between } = await setUp();
    const jobs = `${between.url}/v1beta1/projects/demo/locations/us-central1/jobs`;
    const job = { schedule: 'every 5 hours', appEngineHttpTarget: { relativeUri: '/theirs' } };
    await fetch(jobs, { method: 'POST', body: JSON.stringify(job) });
    await cloud.deployCron({ file }, {});
    const left = (await (await fetch(jobs)).json()) as { jobs: CronJob[] };
    expect(left.jobs.map(describeJob)).toEqual(['every 5 hours: /theirs']);
  });

  it('stay as they are when the file is wrong', async () => {
    const { cloud, file, between } = await setUp();
    await writeFile(file, 'cron:\n- {url: /a, schedule: at noon}');
    const from = between.seen.length;
    await expect(cloud.deployCron({ file }, {})).rejects.toMatchObject({ kind: 'invalid' });
    expect(between.seen.length).toBe(from);
  });
});

describe('half of a change', () => {
  it('that was never begun is told without a word on what was undone', async () => {
    const { cloud, file, before } = await setUp(() => fault(403, 'PERMISSION_DENIED', 'Closed.'));
    await expect(cloud.deployCron({ file, before }, {})).rejects.toThrow(
      /^Could not list the cron jobs of demo: Google says "Closed"\. Grant the missing role to the account that Sluice runs as\.$/,
    );
  });

  it.each([1, 2, 3, 4])('that is refused at write %i is undone, and said so', async (nth) => {
    let writes = 0;
    const { cloud, file } = await setUp((request, pass) => {
      const refused = isWrite(request) && ++writes === nth;
      return refused ? fault(400, 'INVALID_ARGUMENT', 'Schedule or time zone is invalid.') : pass();
    });
    await expect(cloud.deployCron({ file }, {})).rejects.toThrow(
      /Schedule or time zone is invalid.*The cron jobs are as they were before\.$/,
    );
    expect(await said(cloud)).toEqual(OLD_JOBS);
  });

  it('that cannot be undone is told by job', async () => {
    let writes = 0;
    const { cloud, file, heal } = await setUp((request, pass) => {
      const refused = isWrite(request) && ++writes > 3;
      return refused ? fault(403, 'PERMISSION_DENIED', 'The caller lacks a permission.') : pass();
    });
    const failure = await cloud.deployCron({ file }, {}).catch((error: Error) => error.message);
    heal();
    expect(failure).toMatch(/could not be put back as they were/);
    const lacks = OLD_JOBS.filter((job) => /old|changed/.test(job));
    const [gone] = lacks.filter((job) => String(failure).includes(`Create by hand: ${job}`));
    expect(gone).toBeDefined();
    expect(failure).toMatch(/Delete by hand: .*\/new/);
    expect(await said(cloud)).not.toContain(gone);
  });

  it('that a paused job was part of is undone with a word on it', async () => {
    let writes = 0;
    const { cloud, file } = await setUp(async (request, pass) => {
      if (isWrite(request) && ++writes === 4) return fault(400, 'INVALID_ARGUMENT', 'No.');
      const reply = await pass();
      if (request.method !== 'GET' || !('json' in reply)) return reply;
      return { json: JSON.parse(JSON.stringify(reply.json).replaceAll('ENABLED', 'PAUSED')) };
    });
    await expect(cloud.deployCron({ file }, {})).rejects.toThrow(
      /as they were before\. They were paused before and run now; pause them in the console: every /,
    );
  });
});

describe('a change of cron jobs that is interrupted', () => {
  it('goes on to the same end, wherever the process died', async () => {
    for (let nth = 1; nth <= 4; nth++) {
      let writes = 0;
      const death = new AbortController();
      const { cloud, file, before } = await setUp(async (request, pass) => {
        const reply = await pass();
        if (isWrite(request) && ++writes === nth) death.abort(new Error('killed'));
        return reply;
      });
      await expect(cloud.deployCron({ file, before }, { signal: death.signal })).rejects.toThrow('killed');
      const change = await cloud.deployCron({ file, before }, {});
      expect(change).toMatchObject({ create: { length: 2 }, delete: { length: 2 }, same: 1 });
      expect(await said(cloud)).toEqual(NEW_JOBS);
    }
  });

  it.each([
    ['the connection broke', { cut: true }],
    ['a proxy answered instead', { html: '<h1>Bad gateway</h1>', status: 502 }],
    ['the quota was full', fault(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.')],
  ] as const)('by a lost answer (%s) makes nothing twice', async (_, lost) => {
    let writes = 0;
    const { cloud, file } = await setUp(async (request, pass) => {
      if (!isWrite(request) || ++writes % 2 === 0) return pass();
      await pass();
      return lost;
    });
    await cloud.deployCron({ file }, {});
    expect(await said(cloud)).toEqual(NEW_JOBS);
  });

  it('by somebody who deletes the same job counts it as deleted', async () => {
    const { cloud, file } = await setUp(async (request, pass) => {
      const reply = await pass();
      return request.method === 'DELETE' ? fault(404, 'NOT_FOUND', 'Job not found.') : reply;
    });
    await cloud.deployCron({ file }, {});
    expect(await said(cloud)).toEqual(NEW_JOBS);
  });

  it('by a Scheduler that keeps a job in other words makes it once', async () => {
    const { cloud, file, between } = await setUp(async (_, pass) => {
      const reply = await pass();
      if (!('json' in reply)) return reply;
      return {
        json: JSON.parse(JSON.stringify(reply.json).replaceAll('"0.1s"', '"5s"')),
        status: reply.status ?? 200,
      };
    });
    const from = between.seen.length;
    await cloud.deployCron({ file }, {});
    expect(between.seen.slice(from).filter((seen) => seen.method === 'POST')).toHaveLength(2);
  });
});
