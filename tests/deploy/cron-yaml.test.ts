import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCronYaml } from '../../src/deploy/cron/read.ts';
import { scheduleFault } from '../../src/deploy/cron/schedule.ts';
import { describeJob } from '../../src/deploy/index.ts';
import { EXAMPLE, temporaryFolder } from './local-app-engine.ts';

async function read(text: string) {
  const file = join(await temporaryFolder(), 'cron.yaml');
  await writeFile(file, text);
  return readCronYaml(file);
}

/** The sentence, from the line on. */
async function refusal(text: string): Promise<string> {
  const error = await read(text).then(
    () => new Error('taken'),
    (refused: Error) => refused,
  );
  expect(error).toMatchObject({ name: 'CloudError', kind: 'invalid' });
  return error.message.replace(/^\S*cron\.yaml/, 'cron.yaml');
}

const entry = (lines: string) => `cron:\n- url: /a\n  schedule: every 5 minutes\n${lines}`;

describe('cron.yaml', () => {
  it('is read with all that it may hold', async () => {
    const [job] = await read(`cron:
- description: a summary
  url: /tasks/summary
  schedule: every monday 09:00
  timezone: Australia/NSW
  target: worker
  retry_parameters:
    job_retry_limit: 3
    job_age_limit: 1.5h
    min_backoff_seconds: 2.5
    max_backoff_seconds: 100
    max_doublings: 4
`);
    expect(job).toEqual({
      appEngineHttpTarget: {
        httpMethod: 'GET',
        relativeUri: '/tasks/summary',
        appEngineRouting: { service: 'worker' },
      },
      description: 'a summary',
      legacyAppEngineCron: true,
      retryConfig: {
        retryCount: 3,
        maxRetryDuration: '5400s',
        minBackoffDuration: '2.5s',
        maxBackoffDuration: '100.0s',
        maxDoublings: 4,
      },
      schedule: 'every monday 09:00',
      timeZone: 'Australia/NSW',
    });
    expect(job && describeJob(job)).toBe(
      'every monday 09:00 (Australia/NSW): /tasks/summary on worker, a summary',
    );
  });

  it('may say that there are no jobs', async () => {
    await expect(read('cron:\n')).resolves.toEqual([]);
    await expect(read('cron: []')).resolves.toEqual([]);
  });

  it('of the example is good', async () => {
    const jobs = await readCronYaml(join(EXAMPLE, 'cron.yaml'));
    expect(jobs.length).toBeGreaterThan(1);
  });

  it.each([
    ['', 'cron.yaml is empty: write "cron: []"'],
    ['[]', 'cron.yaml must be a map of settings such as "cron: []", but it is a list.'],
    [
      'jobs: []',
      'cron.yaml, line 1: "jobs" is not a setting that App Engine knows in cron.yaml. Known here: cron.',
    ],
    ['cron: 5', 'cron.yaml, line 1: cron must be a list, but it is "5".'],
    ['cron:\n- schedule: every 5 minutes', 'cron.yaml, line 2: cron[0] needs url: add it.'],
    ['cron:\n- url: /a', 'cron.yaml, line 2: cron[0] needs schedule: add it.'],
    [
      entry('  shedule: x'),
      'cron.yaml, line 4: "shedule" is not a setting that App Engine knows in cron[0]. Did you mean "schedule"?',
    ],
    [entry('  url: /b'), 'cron.yaml, line 4: "cron[0].url" is given twice: keep one of the two.'],
    [
      'cron:\n- url: a\n  schedule: every 5 minutes',
      'cron.yaml, line 2: cron[0].url must be a path such as /tasks/daily, but it is "a".',
    ],
    [
      'cron:\n- url: /a\n  schedule: every 5 minute',
      'cron.yaml, line 3: cron[0].schedule is "every 5 minute", which is no schedule that App Engine knows: write one such as "every 5 minutes"',
    ],
    [
      'cron:\n- url: /a\n  schedule: every Monday 9:00',
      'cron.yaml, line 3: cron[0].schedule is "every Monday 9:00", which has capital letters: write it in small ones.',
    ],
    [
      entry('  timezone: Mars/Olympus'),
      'cron.yaml, line 4: cron[0].timezone must be a time zone such as Europe/London, but it is "Mars/Olympus".',
    ],
    [
      entry('  target: Web'),
      'cron.yaml, line 4: cron[0].target must be the name of a service: small letters, digits and hyphens, but it is "Web".',
    ],
    [
      entry(`  description: ${'x'.repeat(500)}`),
      'cron.yaml, line 4: cron[0].description must be one line of up to 499 characters, but',
    ],
    [
      entry('  retry_parameters: {job_retry_limit: 6}'),
      'cron.yaml, line 4: cron[0].retry_parameters.job_retry_limit must be 5 or less, but it is "6".',
    ],
    [
      entry('  retry_parameters: {job_age_limit: 0s}'),
      'cron.yaml, line 4: cron[0].retry_parameters.job_age_limit must be a second or more, but it is "0s".',
    ],
    [
      entry('  retry_parameters: {job_age_limit: 90}'),
      'cron.yaml, line 4: cron[0].retry_parameters.job_age_limit must be a time such as 2h or 3.5d, but it is "90".',
    ],
    [
      entry('  retry_parameters: {min_backoff_seconds: 9, max_backoff_seconds: 3}'),
      'cron.yaml, line 4: cron[0].retry_parameters: min_backoff_seconds (9) is above max_backoff_seconds (3).',
    ],
    [
      entry('  retry_parameters: {max_doublings: many}'),
      'cron.yaml, line 4: cron[0].retry_parameters.max_doublings must be a whole number, but it is "many".',
    ],
    [
      `${entry('')}- {url: /a, schedule: every 5 minutes, timezone: UTC}`,
      'cron.yaml, line 4: cron[1] is the same job as cron[0]: delete one of the two.',
    ],
  ])('%# is refused with file, line and key', async (text, sentence) => {
    expect(await refusal(text)).toContain(sentence);
  });

  it('may hold 250 jobs', async () => {
    const jobs = (count: number) =>
      `cron:\n${Array.from({ length: count }, (_, i) => `- {url: /${i}, schedule: every 1 hours}\n`).join('')}`;
    await expect(read(jobs(250))).resolves.toHaveLength(250);
    expect(await refusal(jobs(251))).toContain('cron has 251 jobs; App Engine takes 250 at most: join some.');
  });
});

describe('a schedule', () => {
  it.each([
    'every 12 hours',
    'every 1 mins',
    'every 5 minutes from 10:00 to 14:00',
    'every 2 hours synchronized',
    'every day 00:00',
    'every monday 9:00',
    'every mon,wed, fri 23:59',
    '2nd,third mon,wed,thu of march 17:00',
    '1st monday of sep,oct,nov 17:00',
    'every monday of month 06:30',
    '1 of jan,april,july,oct 00:00',
    '1,15 of month 04:00',
    '30 of january,february 01:00',
    'first sunday of quarter 00:00',
    '1st,2nd day of 1st,third month of quarter 12:00',
  ])('%s', (schedule) => {
    expect(scheduleFault(schedule)).toBeUndefined();
  });

  it.each([
    ['every 0 minutes', 'never'],
    ['every 7 hours synchronized', 'divides 24 hours'],
    ['every 5 minutes from 10:00', 'no schedule'],
    ['every monday', 'no schedule'],
    ['every monday 24:00', 'no schedule'],
    ['32 of month 04:00', 'the day 32'],
    ['0 of month 04:00', 'the day 0'],
    ['30 of february 04:00', 'never comes'],
    ['6th monday of month 04:00', 'no schedule'],
    ['*/5 * * * *', 'no schedule'],
    ['every 5 minutes please', 'no schedule'],
  ])('%s is refused', (schedule, why) => {
    expect(scheduleFault(schedule)).toContain(why);
  });
});
