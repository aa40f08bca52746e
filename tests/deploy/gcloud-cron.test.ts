import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareJobs, jobKey } from '../../src/deploy/cron/job.ts';
import { readCronYaml } from '../../src/deploy/cron/read.ts';
import { hasGcloud } from './gcloud-cli.ts';
import { gcloudCron } from './gcloud-request.ts';
import { temporaryFolder } from './local-app-engine.ts';

const JOBS = `
cron:
- {url: /a, schedule: every 24 hours}
- {url: /b, schedule: 'every monday 09:00', timezone: Australia/NSW, target: beta, description: 'all – of it: "yes"'}
- {url: /c, schedule: '1st monday of sep,oct 17:00', description: 010, target: 1}
- {url: '/d?x=1&y=2', schedule: every 5 minutes from 10:00 to 14:00, retry_parameters: {}}
- {url: /e, schedule: every 5 minutes, retry_parameters: {job_retry_limit: 5, job_age_limit: 1.5d, max_doublings: 0}}
- {url: /f, schedule: every 5 minutes, retry_parameters: {min_backoff_seconds: 2.5}}
- {url: /g, schedule: every 5 minutes, retry_parameters: {min_backoff_seconds: 7200}}
- {url: /h, schedule: every 5 minutes, retry_parameters: {max_backoff_seconds: 0.05}}
- {url: /i, schedule: every 5 minutes, retry_parameters: {max_backoff_seconds: 60, job_age_limit: 90s}}
- {url: /j, schedule: every 5 minutes, retry_parameters: {min_backoff_seconds: 0, max_backoff_seconds: 0}}
- {url: /k, schedule: every 5 minutes, retry_parameters: {min_backoff_seconds: 0}, timezone: ~}
`;

async function fileOf(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'cron.yaml');
  await writeFile(file, text);
  return file;
}

const name = hasGcloud() ? 'as gcloud' : 'as gcloud: skipped, because it is not installed';
describe.skipIf(!hasGcloud())(name, () => {
  it('asks Scheduler for the very same jobs', async () => {
    const file = await fileOf(JOBS);
    const { made, sentence } = await gcloudCron(file, []);
    expect(sentence).toBe('');
    expect(await readCronYaml(file)).toEqual(made);
  }, 60_000);

  it('keeps the jobs that it keeps, and deletes those that it deletes', async () => {
    const file = await fileOf(JOBS);
    const live = [...(await readCronYaml(file))].map((job, i) => ({
      ...job,
      name: `projects/demo/locations/us-central1/jobs/${i}`,
      state: 'ENABLED',
    }));
    const there = [
      ...live.slice(0, 4),
      { ...live[4], name: 'projects/demo/locations/us-central1/jobs/changed', description: 'other' },
      { ...live[5], name: 'projects/demo/locations/us-central1/jobs/twin' },
      ...live.slice(5, 9),
    ];
    const { made, deleted, sentence } = await gcloudCron(file, there);
    expect(sentence).toBe('');
    const change = compareJobs(there, await readCronYaml(file), (job) => jobKey(job, 'demo'));
    expect(change.create).toEqual(made);
    expect(change.delete).toHaveLength(deleted.length);
    expect(deleted).toContain('projects/demo/locations/us-central1/jobs/changed');
  }, 60_000);

  it.each([
    'cron:\n- {url: a, schedule: every 5 minutes}',
    'cron:\n- {schedule: every 5 minutes}',
    'cron:\n- {url: /a}',
    'cron:\n- {url: /a, schedule: every 5 minutes, when: now}',
    'cron:\n- {url: /a, schedule: every 5 minutes, target: A}',
    'cron:\n- {url: /a, schedule: every 5 minutes, retry_parameters: {job_retry_limit: 6}}',
    'cron:\n- {url: /a, schedule: every 5 minutes, retry_parameters: {job_age_limit: 5}}',
    'cron:\n- {url: /a, schedule: every 5 minutes, retry_parameters: {job_age_limit: 0s}}',
    'cron:\n- {url: /a, schedule: every 5 minutes, retry_parameters: {min_backoff_seconds: 5, max_backoff_seconds: 1}}',
  ])(
    'refuses what it refuses: %j',
    async (text) => {
      const file = await fileOf(text);
      await expect(readCronYaml(file)).rejects.toMatchObject({ kind: 'invalid' });
      const { made, sentence } = await gcloudCron(file, []);
      expect(sentence).toMatch(/ERROR/);
      expect(made).toEqual([]);
    },
    60_000,
  );
});
