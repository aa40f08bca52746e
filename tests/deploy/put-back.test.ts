import { chmod, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CronJob, describeJob } from '../../src/deploy/index.ts';
import { copyOfExample } from './local-app-engine.ts';
import { type Meddle, meddledCloud } from './meddled-cloud.ts';
import { fault, type Seen } from './scripted-server.ts';

const SECRET = 'hunter2';

/** A folder whose cron jobs are deployed, its backup, and then the changes of a release. */
async function setUp(meddle?: Meddle) {
  const world = await meddledCloud(meddle);
  const { cloud } = world;
  const folder = await copyOfExample();
  const [appYaml, cronYaml] = [join(folder, 'app.yaml'), join(folder, 'cron.yaml')];
  await cloud.deployCron({ file: cronYaml }, {});
  const backup = await cloud.backUp({ service: 'default', folder });
  const texts = await Promise.all([appYaml, cronYaml].map((path) => readFile(path, 'utf8')));
  await writeFile(appYaml, `${texts[0]}\nbuild_env_variables:\n  PASSWORD: ${SECRET}\n`);
  await writeFile(cronYaml, 'cron:\n- {url: /other, schedule: every 3 hours}\n');
  const replaced: { path: string; text: string }[] = [];
  const hooks = {
    async onReplace(file: { path: string; text: string }) {
      expect(await readFile(file.path, 'utf8')).toBe(file.text);
      replaced.push(file);
    },
  };
  const isAsBefore = async () =>
    expect(await Promise.all([appYaml, cronYaml].map((path) => readFile(path, 'utf8')))).toEqual(texts);
  return { ...world, folder, appYaml, cronYaml, backup, hooks, replaced, isAsBefore };
}

const isWrite = ({ method, url }: Seen) => url.startsWith('/v1beta1/') && method !== 'GET';

describe('putting back', () => {
  it('brings cron jobs and files back, and proves it', async () => {
    const { cloud, folder, cronYaml, backup, hooks, replaced, isAsBefore } = await setUp();
    const change = await cloud.deployCron({ file: cronYaml }, {});
    const request = { service: 'default', folder, backup, cron: change };
    const checks = await cloud.putBack(request, hooks);

    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['Cron jobs', true],
      ['Routing', true],
      ['app.yaml', true],
      ['cron.yaml', true],
    ]);
    const [jobs, routing, app, cron] = checks.map(({ detail }) => detail);
    expect(jobs).toMatch(
      /^All \d+ jobs are as in the backup; made again: every .*; taken away: every 3 hours: \/other\.$/,
    );
    expect(routing).toBe('No rules, as in the backup.');
    expect(app).toBe('3 lines had been added; now no line differs from the backup.');
    expect(cron).toMatch(
      /^1 line had been added and \d+ lines taken away; now no line differs from the backup\.$/,
    );
    expect(JSON.stringify(checks)).not.toContain(SECRET);
    await isAsBefore();
    expect(replaced.map(({ text }) => text.includes(SECRET))).toEqual([true, false]);
    if (backup.cron.kind === 'unread') throw new Error(backup.cron.why);
    expect(await cloud.compareCron(backup.cron.jobs)).toMatchObject({ create: [], delete: [] });

    const again = await cloud.putBack(request, hooks);
    expect(again.every(({ ok }) => ok)).toBe(true);
    expect(again.map(({ detail }) => detail).join(' ')).not.toMatch(/made again|taken away|had been/);
    expect(replaced).toHaveLength(2);
  });

  it('only compares cron jobs that this rollout did not change', async () => {
    const { cloud, folder, cronYaml, backup, hooks, between } = await setUp();
    await cloud.deployCron({ file: cronYaml }, {});
    const from = between.seen.length;
    const [jobs] = await cloud.putBack({ service: 'default', folder, backup }, hooks);
    expect(jobs).toMatchObject({ ok: true });
    expect(jobs?.detail).toMatch(
      /^another hand has changed these since, left so: gone: .*; new: every 3 hours: \/other\.$/,
    );
    expect(between.seen.slice(from).filter(isWrite)).toEqual([]);
  });

  it('undoes its own change only: what others did to the jobs since stays', async () => {
    const { cloud, cronYaml, backup, hooks } = await setUp();
    const change = await cloud.deployCron({ file: cronYaml }, {});
    await writeFile(
      cronYaml,
      'cron:\n- {url: /other, schedule: every 3 hours}\n- {url: /theirs, schedule: every 5 hours}\n',
    );
    await cloud.deployCron({ file: cronYaml }, {});
    const [jobs] = await cloud.putBack({ service: 'default', backup, cron: change }, hooks);
    expect(jobs?.ok).toBe(true);
    expect(jobs?.detail).toMatch(
      /^made again: every .*; taken away: every 3 hours: \/other; another hand has changed these since, left so: new: every 5 hours: \/theirs\.$/,
    );
    expect((await cloud.compareCron(cronYaml)).same).toBe(1);
  });

  it('says which routing rules differ, and leaves them', async () => {
    const { cloud, backup, hooks } = await setUp();
    const rules = [{ domain: '*', path: '/old/*', service: 'worker' }];
    const changed = { ...backup, dispatchRules: rules };
    const checks = await cloud.putBack({ service: 'default', backup: changed }, hooks);
    expect(checks[1]).toEqual({
      name: 'Routing',
      ok: true,
      detail: 'Another hand has changed the dispatch rules since, left so: gone: */old/* → worker.',
    });
    expect(checks).toHaveLength(2);
  });

  it('puts the files back although Scheduler refuses', async () => {
    const closed = fault(403, 'PERMISSION_DENIED', 'The caller does not have permission');
    let shut = false;
    const { cloud, folder, backup, hooks, isAsBefore } = await setUp((request, pass) =>
      shut && request.url.startsWith('/v1beta1/') ? closed : pass(),
    );
    shut = true;
    const cron = { create: [], delete: [] };
    const checks = await cloud.putBack({ service: 'default', folder, backup, cron }, hooks);
    expect(checks.map(({ ok }) => ok)).toEqual([false, true, true, true]);
    expect(checks[0]?.detail).toContain('The caller does not have permission');
    await isAsBefore();
  });

  it('tells of a job that was paused', async () => {
    const { cloud, backup, hooks } = await setUp();
    if (backup.cron.kind === 'unread') throw new Error(backup.cron.why);
    const jobs = backup.cron.jobs.map(
      (job, i): CronJob => ({ ...job, state: i === 0 ? 'PAUSED' : 'ENABLED' }),
    );
    const [first] = jobs;
    const paused = { ...backup, cron: { kind: 'read' as const, jobs } };
    const cron = { create: [], delete: first ? [first] : [] };
    const [check] = await cloud.putBack({ service: 'default', backup: paused, cron }, hooks);
    expect(check).toMatchObject({
      ok: false,
      detail: `was paused and runs now, pause it in the console: ${first && describeJob(first)}.`,
    });
  });
});

describe('a file', () => {
  it('that is gone is written again; a link stays a link; rights stay', async () => {
    const { cloud, folder, appYaml, cronYaml, backup, hooks, replaced, isAsBefore } = await setUp();
    const elsewhere = join(folder, 'elsewhere.yaml');
    await rm(appYaml);
    await writeFile(elsewhere, 'runtime: nodejs18\n');
    await chmod(elsewhere, 0o640);
    await symlink(elsewhere, appYaml);
    await rm(cronYaml);
    const checks = await cloud.putBack({ service: 'default', folder, backup }, hooks);
    expect(checks[3]?.detail).toBe('It was gone, and is there again; no line differs from the backup.');
    await isAsBefore();
    expect(await readFile(elsewhere, 'utf8')).toBe(backup.files[0]?.text);
    expect((await stat(elsewhere)).mode & 0o777).toBe(0o640);
    expect(replaced).toEqual([{ path: appYaml, text: 'runtime: nodejs18\n' }]);
  });

  it('is not touched when what stands in it cannot be kept', async () => {
    const { cloud, folder, appYaml, backup } = await setUp();
    const onReplace = async () => {
      throw new Error('the disk is full');
    };
    const request = { service: 'default', folder, backup };
    await expect(cloud.putBack(request, { onReplace })).rejects.toThrow('the disk is full');
    expect(await readFile(appYaml, 'utf8')).toContain(SECRET);
  });

  it('that cannot be written is told, with what is left to do', async () => {
    const { cloud, folder, backup, hooks } = await setUp();
    const files = backup.files.map((file) => ({ ...file, path: join('no-such-folder', file.path) }));
    const checks = await cloud.putBack({ service: 'default', folder, backup: { ...backup, files } }, hooks);
    expect(checks[2]).toMatchObject({ ok: false });
    expect(checks[2]?.detail).toMatch(/^Could not put .* back as it was: .*bring it there by hand\.$/);
  });
});
